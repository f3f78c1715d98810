import { Project, type SourceFile } from 'ts-morph'

/** A TypeScript or JavaScript text as a tree. No program, no types, no other file: only what the text itself says. */
export function sourceFile(path: string, text: string): SourceFile {
  return emptyProject().createSourceFile(path, text, { overwrite: true })
}

/** Files that match globs (absolute), sorted; TypeScript's own file system host does the matching. */
export async function filesMatching(globs: readonly string[]): Promise<string[]> {
  const found = await new Project({ skipLoadingLibFiles: true, skipFileDependencyResolution: true }).getFileSystem().glob(globs)
  return [...found].sort()
}

function emptyProject(): Project {
  return new Project({
    useInMemoryFileSystem: true,
    skipLoadingLibFiles: true,
    skipFileDependencyResolution: true,
    compilerOptions: { allowJs: true },
  })
}
