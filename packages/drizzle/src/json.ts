import { readFileSync } from 'node:fs'
import { UserError } from '@expand-contract/core'

/** Parses a JSON file of the kit. Throws {@link UserError} where the text is not JSON or not an object: nobody can tell what it said. */
export function parseObject(text: string, path: string): Record<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    value = undefined
  }
  if (isObject(value)) return value
  throw new UserError(`${path} is not a JSON object, so the migrations beside it can't be read. Restore it with\n  git checkout -- ${path}`)
}

/** Reads and parses a JSON file of the kit, or undefined where there is none. Throws as {@link parseObject}. */
export async function readObject(path: string): Promise<Record<string, unknown> | undefined> {
  const text = await readText(path)
  return text === undefined ? undefined : parseObject(text, path)
}

/** The text of a file, or undefined where there is none. */
export async function readText(path: string): Promise<string | undefined> {
  try {
    // Hundreds of small files: read one after the other they cost a tenth of what they cost asked for all at once.
    return readFileSync(path, 'utf8')
  } catch (error) {
    const code = (error as { code?: string }).code
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw error
  }
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** JSON in the layout of `like`: its indentation and its end of file, so that a formatted file stays formatted. */
export function formatLike(value: unknown, like: string): string {
  const indent = /\n([ \t]+)"/.exec(like)?.[1] ?? (like.includes('\n') ? '' : undefined)
  return `${JSON.stringify(value, null, indent ?? 0)}${/\r?\n$/.exec(like)?.[0] ?? ''}`
}
