import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import path from 'node:path'
import { UserError } from '@expand-contract/core'
import type { LoadedConfig } from '../config/config.ts'
import { distinct, type Project, projectsIn } from './project.ts'

/** Folders under the working directory in which people keep the database part of a repository. */
const USUAL = ['prisma', 'drizzle', 'db', 'database', 'src', 'src/db']
/** Folders whose children are the packages of a monorepo. */
const WORKSPACES = ['packages', 'apps', 'services', 'libs']

/**
 * The projects that a command works on: those named by flag (relative to `cwd`), else by the configuration, else those in `cwd`, in the usual places under
 * it, or in the nearest folder above it. Throws {@link UserError} where there is none.
 */
export async function openProjects(cwd: string, { config, folder }: LoadedConfig, flags: readonly string[] = []): Promise<Project[]> {
  const configured = config.project === undefined ? [] : [config.project].flat().map((dir) => path.resolve(folder, dir))
  const named = flags.length > 0 ? flags.map((dir) => path.resolve(cwd, dir)) : configured
  return named.length > 0 ? openNamed(named) : discover(cwd)
}

async function openNamed(dirs: readonly string[]): Promise<Project[]> {
  const found: Project[] = []
  for (const dir of dirs) {
    const here = await projectsIn(dir)
    if (here.length === 0) {
      const why = existsSync(dir) ? 'holds no Prisma or Drizzle project with PostgreSQL migrations' : 'does not exist'
      throw new UserError(`${dir} ${why}. Name the folder that holds the ORM's configuration or its migrations.`)
    }
    found.push(...here)
  }
  return distinct(found)
}

async function discover(cwd: string): Promise<Project[]> {
  const here = await projectsIn(cwd).catch((error: unknown) => {
    if (error instanceof UserError) return error
    throw error
  })
  if (Array.isArray(here) && here.length > 0) return distinct(here)
  const below: Project[] = []
  for (const dir of await placesBelow(cwd)) below.push(...(await projectsIn(dir)))
  if (below.length > 0) return distinct(below)
  // Several projects, or one that can't be used, and nothing in the usual places says which is meant.
  if (here instanceof UserError) throw here
  for (let dir = cwd; !existsSync(path.join(dir, '.git')) && path.dirname(dir) !== dir; ) {
    dir = path.dirname(dir)
    const above = await projectsIn(dir)
    if (above.length > 0) return distinct(above)
  }
  throw new UserError(
    `No Prisma or Drizzle project with PostgreSQL migrations was found from ${cwd}. Run the command in the project's folder, name the folder (expand-contract check path/to/project), or set "project" in expand-contract.config.ts.`,
  )
}

async function placesBelow(cwd: string): Promise<string[]> {
  const packages = await Promise.all(
    WORKSPACES.map(async (name) => {
      const entries = await readdir(path.join(cwd, name), { withFileTypes: true }).catch(() => [])
      return entries.filter((e) => e.isDirectory()).map((e) => path.join(cwd, name, e.name))
    }),
  )
  return [...USUAL.map((name) => path.join(cwd, name)), ...packages.flat().sort()].filter((dir) => existsSync(dir))
}
