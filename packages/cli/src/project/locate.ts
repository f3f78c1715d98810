import { readFileSync } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import path from 'node:path'
import { type SourceMigration, UserError } from '@expand-contract/core'
import { type Project, projectsAt } from './project.ts'

/** Migrations that a path means: those of projects, by position in their history, or files that belong to none. */
export interface Located {
  readonly selections: readonly Selection[]
  readonly loose: readonly SourceMigration[]
}

/** Some migrations of a project. */
export interface Selection {
  readonly project: Project
  /** Positions in the history, ascending. */
  readonly indices: readonly number[]
}

/** What the paths mean: a project's folder, a folder of migrations, one migration's folder or file, or SQL files of no project. Throws {@link UserError}. */
export async function locate(paths: readonly string[], cwd: string): Promise<Located> {
  const selections = new Map<string, { project: Project; indices: Set<number> }>()
  const loose = new Map<string, SourceMigration>()
  for (const written of paths) {
    const at = path.resolve(cwd, written)
    const kind = await stat(at).catch(() => undefined)
    if (!kind) throw new UserError(`${written} does not exist. Name a migration, a folder of migrations or a project's folder.`)
    const found = await selectionsAt(at, kind.isDirectory(), selections)
    for (const { project, indices } of found) {
      const key = `${project.adapter.id} ${project.layout.migrations}`
      const known = selections.get(key) ?? { project, indices: new Set<number>() }
      for (const index of indices) known.indices.add(index)
      selections.set(key, known)
    }
    if (found.length > 0) continue
    for (const migration of await looseFiles(at, kind.isDirectory(), cwd)) loose.set(migration.path, migration)
  }
  return {
    selections: [...selections.values()].map(({ project, indices }) => ({ project, indices: [...indices].sort((a, b) => a - b) })),
    loose: [...loose.values()].sort((a, b) => (a.path < b.path ? -1 : 1)),
  }
}

async function selectionsAt(at: string, isFolder: boolean, known: ReadonlyMap<string, { project: Project }>): Promise<Selection[]> {
  for (const { project } of known.values()) {
    const indices = under(project, at)
    if (indices.length > 0) return [{ project, indices }]
  }
  const found: Selection[] = []
  for await (const project of projectsAt(at)) {
    if (isFolder) found.push({ project, indices: inside(project, at) })
    else if (under(project, at).length > 0) return [{ project, indices: under(project, at) }]
  }
  return found
}

/** All migrations of a project whose home is `at`; only those under `at` where it is a part of the migrations folder. */
function inside(project: Project, at: string): number[] {
  const some = at.startsWith(`${project.layout.migrations}${path.sep}`) ? under(project, at) : []
  return some.length > 0 ? some : project.history.migrations.map((_, i) => i)
}

function under(project: Project, at: string): number[] {
  return project.history.migrations.flatMap((m, i) => (m.path === at || m.path.startsWith(`${at}${path.sep}`) ? [i] : []))
}

/** SQL files that no project knows, named by their path from `cwd`. */
async function looseFiles(at: string, isFolder: boolean, cwd: string): Promise<SourceMigration[]> {
  if (!isFolder && !at.endsWith('.sql')) {
    throw new UserError(
      `${path.relative(cwd, at)} is not a migration: a .sql file, a folder of migrations or a project's folder is expected.`,
    )
  }
  const entries = isFolder ? await readdir(at, { recursive: true, withFileTypes: true }) : []
  const files = isFolder ? entries.filter((e) => e.isFile() && e.name.endsWith('.sql')).map((e) => path.join(e.parentPath, e.name)) : [at]
  if (files.length === 0) throw new UserError(`${path.relative(cwd, at) || '.'} holds no Prisma or Drizzle project and no .sql file.`)
  return files.map((file) => ({ id: path.relative(cwd, file), path: file, text: readFileSync(file).toString('utf8'), intents: [] }))
}
