import { readFileSync } from 'node:fs'

/** The version in this package's package.json, which is one folder above the sources as well as above what is built. */
export function version(): string {
  const { version: found } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }
  return found
}
