import { rm } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout } from 'node:timers/promises'
import type { Server } from '@expand-contract/postgres'
import { expect, onTestFinished } from 'vitest'
import { run } from '../../../packages/cli/test/captured-io.ts'
import { migrator } from '../../../packages/drizzle/test/support/migrator.ts'
import { makeProject, type Project } from '../../../packages/drizzle/test/support/project.ts'
import { liveDatabase } from '../live.ts'
import type { Kind } from './kind.ts'
import type { Orm, Way } from './orm.ts'
import { schemaOf } from './schema.ts'

const CONFIG = `import { defineConfig } from 'drizzle-kit'

export default defineConfig({ dialect: 'postgresql', schema: './src/schema.ts', out: './drizzle' })
`
const IMPORTS = `import { bigint, index, integer, pgEnum, pgTable, serial, text, uniqueIndex } from 'drizzle-orm/pg-core'\n\n`

/** A Drizzle project, of 0.3x (0) or v1 (1), whose first migration is applied. */
export async function drizzleProject(server: Server, { drizzle }: Kind, version: 0 | 1): Promise<Orm> {
  const project = await makeProject(version)
  onTestFinished(() => project.remove())
  const texts = { back: IMPORTS + drizzle.before, there: IMPORTS + drizzle.after }
  const edit = (way: Way): Promise<void> => project.write('src/schema.ts', texts[way])
  await project.write('drizzle.config.ts', CONFIG)
  await edit('back')
  await generate(project, 'init', version === 1 ? [] : undefined, drizzle.renamed)
  const live = await liveDatabase(server)
  await migrator(version)(live.client, path.join(project.dir, 'drizzle'))
  return {
    folder: project.dir,
    client: live.client,
    edit,
    schema: async (way) => ({ wrote: texts[way], is: await project.read('src/schema.ts') }),
    async generate(name, way) {
      await generate(project, name, version === 1 ? (drizzle.hints?.[way] ?? []) : undefined, drizzle.renamed)
    },
    async deploy() {
      const { code, out, err } = await run(project.dir, ['deploy', '--database', live.url])
      expect(code, out + err).toBe(0)
      // The migrator finds nothing left to do.
      await migrator(version)(live.client, path.join(project.dir, 'drizzle'))
    },
    async next() {
      const before = await project.files('drizzle')
      const output = await generate(project, 'next', version === 1 ? [] : undefined, drizzle.renamed)
      const written = (await project.files('drizzle')).filter((file) => !before.includes(file))
      for (const file of written) await rm(path.join(project.dir, 'drizzle', file))
      return /No schema changes/i.test(output) && written.length === 0 ? undefined : output
    },
    async wanted() {
      const other = await liveDatabase(server)
      const [wrote, meant] = drizzle.mended ?? ['', '']
      const texts = await sqlOf(project)
      for (const [file, text] of texts) await project.write(file, text.replace(wrote, meant))
      await migrator(version)(other.client, path.join(project.dir, 'drizzle'))
      for (const [file, text] of texts) await project.write(file, text)
      return schemaOf(other.client)
    },
  }
}

async function sqlOf(project: Project): Promise<[file: string, text: string][]> {
  const files = (await project.files('drizzle')).filter((file) => file.endsWith('.sql'))
  return Promise.all(files.map(async (file) => [`drizzle/${file}`, await project.read(`drizzle/${file}`)]))
}

async function generate(
  project: Project,
  name: string,
  hints: readonly unknown[] | undefined,
  renamed: readonly string[] = [],
): Promise<string> {
  if (hints) await behindSteps(await project.files('drizzle'))
  const answers = hints && hints.length > 0 ? ['--hints', JSON.stringify(hints)] : []
  const { code, output } = await project.kit(['generate', '--name', name, ...answers], renamed)
  if (code !== 0) throw new Error(output)
  return output
}

/** v1 names a migration by the second, and a step comes a second after the one before: a migration of the next minute sorts behind them, one of the same instant would not. */
async function behindSteps(files: readonly string[]): Promise<void> {
  const newest = files
    .map((file) => file.slice(0, 14))
    .sort()
    .at(-1)
  const [, ...parts] = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(newest ?? '') ?? []
  const [year = 0, month = 1, day, hour, minute, second] = parts.map(Number)
  const ahead = Date.UTC(year, month - 1, day, hour, minute, second) + 1000 - Date.now()
  if (ahead > 0) await setTimeout(ahead)
}
