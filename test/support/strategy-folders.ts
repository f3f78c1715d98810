import { readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Where the strategies live. */
export const STRATEGIES: string = join(dirname(fileURLToPath(import.meta.url)), '../../packages/core/src/strategies')

/** The strategies' folder names, in order. */
export function strategyIds(): string[] {
  return readdirSync(STRATEGIES, { withFileTypes: true })
    .filter((e) => e.isDirectory())
    .map((e) => e.name)
    .sort()
}
