import { lstat, mkdir, rmdir, unlink } from 'node:fs/promises'
import path from 'node:path'
import { type FileEdit, UserError } from '@expand-contract/core'
import writeFileAtomic from 'write-file-atomic'
import { isAbsent, readIfThere } from '../read-if-there.ts'

/** What a file held before: undefined where there was none. */
interface Before {
  readonly path: string
  readonly content: Buffer | undefined
}

/**
 * Applies all edits or none: each file is replaced in one rename, and where one can't be, everything that was done is taken back. New files come first and
 * removals last, so that a process that is killed in between leaves too much rather than too little. Folders that become empty go too.
 * Throws {@link UserError} that names the file and says that all is as it was.
 */
export async function applyEdits(edits: readonly FileEdit[]): Promise<void> {
  const ordered = [...edits].sort((a, b) => Number(a.content === null) - Number(b.content === null))
  const undo: (() => Promise<void>)[] = []
  for (const edit of ordered) {
    try {
      const before = await readBefore(edit.path)
      await (edit.content === null ? remove(before, undo) : write(before, edit.content, undo))
    } catch (error) {
      await takeBack(undo, edit.path, error)
    }
  }
}

/** The edits that would change something. */
export async function effective(edits: readonly FileEdit[]): Promise<FileEdit[]> {
  const befores = await Promise.all(edits.map((edit) => readBefore(edit.path)))
  return edits.filter((edit, i) => {
    const content = befores[i]?.content
    return edit.content === null ? content !== undefined : !content?.equals(Buffer.from(edit.content))
  })
}

async function readBefore(file: string): Promise<Before> {
  return { path: file, content: await readIfThere(file) }
}

async function write(before: Before, content: string, undo: (() => Promise<void>)[]): Promise<void> {
  await makeFolder(path.dirname(before.path), undo)
  undo.push(() => restore(before))
  await writeFileAtomic(before.path, content)
}

async function remove(before: Before, undo: (() => Promise<void>)[]): Promise<void> {
  if (before.content === undefined) return
  undo.push(() => restore(before))
  await unlink(before.path)
  const folder = path.dirname(before.path)
  const removed = await rmdir(folder).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOTEMPTY' || error.code === 'EEXIST') return false
      throw error
    },
  )
  if (removed) undo.push(async () => void (await mkdir(folder, { recursive: true })))
}

async function restore({ path: file, content }: Before): Promise<void> {
  if (content !== undefined) return writeFileAtomic(file, content)
  await unlink(file).catch((error: unknown) => {
    if (!isAbsent(error)) throw error
  })
}

/** Makes the folders that are missing, one by one, so that exactly these can be taken away again. */
async function makeFolder(folder: string, undo: (() => Promise<void>)[]): Promise<void> {
  if (await exists(folder)) return
  await makeFolder(path.dirname(folder), undo)
  await mkdir(folder)
  undo.push(() => rmdir(folder))
}

async function exists(at: string): Promise<boolean> {
  return lstat(at).then(
    () => true,
    (error: unknown) => {
      if (isAbsent(error)) return false
      throw error
    },
  )
}

async function takeBack(undo: readonly (() => Promise<void>)[], file: string, cause: unknown): Promise<never> {
  const failed: string[] = []
  for (const step of undo.toReversed()) await step().catch((error: Error) => failed.push(error.message))
  const why = cause instanceof Error ? cause.message : String(cause)
  if (failed.length > 0) {
    throw new UserError(
      `${file} could not be written (${why}), and not all of it could be taken back: ${failed.join(', ')}. Restore the rest from git.`,
    )
  }
  throw new UserError(`${file} could not be written (${why}). Everything is as it was before. Mend that and run the command again.`)
}
