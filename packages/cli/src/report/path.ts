import path from 'node:path'

/** A file as people see it: from the working directory, with forward slashes. */
export function shownPath(file: string, cwd: string): string {
  return path.relative(cwd, file).split(path.sep).join('/') || '.'
}
