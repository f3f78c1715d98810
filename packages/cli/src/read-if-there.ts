import { readFile } from 'node:fs/promises'

/** True for the errors that mean that there is no such file: also where a file stands in the place of one of its folders. */
export function isAbsent(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')
}

/** A file's bytes, or undefined where it is not there. */
export async function readIfThere(file: string): Promise<Buffer | undefined> {
  return readFile(file).catch((error: unknown) => {
    if (isAbsent(error)) return undefined
    throw error
  })
}
