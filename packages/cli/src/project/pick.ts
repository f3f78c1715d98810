import { existsSync } from 'node:fs'
import path from 'node:path'
import { UserError } from '@expand-contract/core'
import { didYouMean } from '../report/nearest.ts'
import type { Project } from './project.ts'

/** One migration of one project. */
export interface Picked {
  readonly project: Project
  /** Position in the history. */
  readonly index: number
}

/**
 * The migration that a person means: its name, a part of it that only one has, its folder or its file; the newest where nothing is said. Undefined where
 * no migration is meant by it. Throws {@link UserError} where several are, or where there are several projects and nothing is said.
 */
export function pickMigration(projects: readonly Project[], target: string | undefined, cwd: string): Picked | undefined {
  if (target === undefined) return newest(projects, cwd)
  const all = projects.flatMap((project) => project.history.migrations.map((m, index) => ({ project, index, id: m.id, path: m.path })))
  const at = path.resolve(cwd, target)
  const tests: ((m: (typeof all)[number]) => boolean)[] = [
    (m) => m.path === at || path.dirname(m.path) === at,
    (m) => m.id === target,
    (m) => m.id.includes(target),
  ]
  for (const test of tests) {
    const found = all.filter(test)
    if (found.length > 1) {
      const names = found.slice(0, 5).map((m) => `  ${path.relative(cwd, m.path)}`)
      throw new UserError(`"${target}" may mean ${found.length} migrations:\n${names.join('\n')}\nName one of them in full, or its file.`)
    }
    if (found[0]) return found[0]
  }
  return undefined
}

/** The error for a name that means nothing. */
export function noSuchMigration(projects: readonly Project[], target: string, cwd: string): UserError {
  const ids = projects.flatMap((p) => p.history.migrations.map((m) => m.id))
  const where = projects.map((p) => path.relative(cwd, p.layout.migrations) || '.').join(', ')
  const what = existsSync(path.resolve(cwd, target)) ? `${target} is not a migration of the project` : `There is no migration "${target}"`
  return new UserError(`${what} (${where}).${didYouMean(target, ids)} All of them: npx expand-contract check`)
}

/** The one project. Throws {@link UserError} where there are several, with the flag that says which is meant. */
export function onlyProject(projects: readonly Project[], cwd: string): Project {
  const [project, ...others] = projects
  if (!project) throw new Error('no project')
  if (others.length > 0) {
    const roots = projects.map((p) => `  --project ${path.relative(cwd, p.layout.root) || '.'} (${p.adapter.id})`)
    throw new UserError(`There are ${projects.length} projects here. Say which one is meant:\n${roots.join('\n')}`)
  }
  return project
}

function newest(projects: readonly Project[], cwd: string): Picked {
  const project = onlyProject(projects, cwd)
  const index = project.history.migrations.length - 1
  if (index < 0)
    throw new UserError(`${path.relative(cwd, project.layout.migrations) || '.'} holds no migration yet: there is nothing to do.`)
  return { project, index }
}
