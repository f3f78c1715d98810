import { existsSync } from 'node:fs'
import path from 'node:path'
import { UserError } from '@expand-contract/core'
import type { LoadedConfig } from '../config/config.ts'
import { adapters, distinct, open, type Project, projectsIn } from './project.ts'
import { foldersAbove, search } from './search.ts'

/**
 * The projects that a command works on: those named by flag (relative to `cwd`), else by the configuration, else those found from
 * `cwd`. Throws {@link UserError} where there is none.
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
  const found: Project[] = []
  const errors: UserError[] = []
  for (const { adapter, looksBelow } of await adapters()) {
    const layouts = await search(adapter, looksBelow, cwd).catch((error: unknown) => {
      if (!(error instanceof UserError)) throw error
      errors.push(error)
      return []
    })
    found.push(...(await Promise.all(layouts.map((layout) => open(adapter, layout)))))
  }
  if (found.length > 0) return found
  if (errors[0]) throw errors[0]
  for (const dir of foldersAbove(cwd)) {
    // What lies beside the working directory is not where a person in it is at home.
    const above = (await projectsIn(dir)).filter(({ layout }) => `${cwd}${path.sep}`.startsWith(`${layout.root}${path.sep}`))
    if (above.length > 0) return distinct(above)
  }
  throw new UserError(
    `No Prisma or Drizzle project with PostgreSQL migrations was found from ${cwd}. Run the command in the project's folder, name the folder (npx expand-contract check path/to/project), or set "project" in expand-contract.config.ts.`,
  )
}
