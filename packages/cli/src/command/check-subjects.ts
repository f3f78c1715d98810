import path from 'node:path'
import type { SourceMigration } from '@expand-contract/core'
import { openProjects } from '../project/discover.ts'
import type { Project } from '../project/project.ts'
import { shownPath } from '../report/path.ts'
import type { CheckFlags } from './check.ts'
import type { Context } from './context.ts'

/** One history and the migrations of it that are looked at. */
export interface CheckSubject {
  /** Undefined for files of no project. */
  readonly project: Project | undefined
  /** Folder of the migrations, absolute. */
  readonly folder: string
  readonly migrations: readonly SourceMigration[]
  /** Positions in the history, ascending. */
  readonly indices: readonly number[]
}

/** What the paths and flags mean: projects, and files of none by folder. */
export async function checkSubjects(paths: readonly string[], flags: CheckFlags, { io, config }: Context): Promise<CheckSubject[]> {
  if (paths.length === 0) {
    const projects = await openProjects(io.cwd, config, flags.project)
    return Promise.all(projects.map((project) => narrowed(project, [...project.history.migrations.keys()], flags)))
  }
  const { locate } = await import('../project/locate.ts')
  const { selections, loose } = await locate(paths, io.cwd)
  return [...(await Promise.all(selections.map(({ project, indices }) => narrowed(project, indices, flags)))), ...looseSubjects(loose)]
}

async function narrowed(project: Project, indices: readonly number[], { since, newest }: CheckFlags): Promise<CheckSubject> {
  const { migrations } = project.history
  const subject = { project, folder: project.layout.migrations, migrations }
  if (newest) return { ...subject, indices: indices.slice(-1) }
  if (since === undefined || indices.length === 0) return { ...subject, indices }
  const { notOn } = await import('../project/since.ts')
  const isNew = await notOn(since, project.layout.migrations)
  const at = (i: number): boolean => {
    const migration = migrations[i]
    return migration !== undefined && isNew(migration)
  }
  return { ...subject, indices: indices.filter(at) }
}

/** Files of one folder are one history, in the order of their names. */
function looseSubjects(loose: readonly SourceMigration[]): CheckSubject[] {
  const byFolder = new Map<string, SourceMigration[]>()
  for (const migration of loose) {
    const folder = path.dirname(migration.path)
    const others = byFolder.get(folder)
    if (others) others.push(migration)
    else byFolder.set(folder, [migration])
  }
  return [...byFolder].map(([folder, migrations]) => ({ project: undefined, folder, migrations, indices: [...migrations.keys()] }))
}

/** What the reader should know of files that no ORM keeps; undefined for a project. */
export function subjectNote({ project, folder, migrations }: CheckSubject, { io }: Context): string | undefined {
  if (project) return undefined
  const [first, ...more] = migrations
  const what = first && more.length === 0 ? shownPath(first.path, io.cwd) : `${migrations.length} files of ${shownPath(folder, io.cwd)}`
  const order = more.length === 0 ? '' : ' in the order of the names'
  return `${what}: no Prisma or Drizzle project, read as a history of its own${order}. Tables that it does not create are taken to exist and to hold rows.`
}
