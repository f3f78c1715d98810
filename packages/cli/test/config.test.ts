import path from 'node:path'
import { expect, it } from 'vitest'
import { loadConfig } from '../src/config/load.ts'
import { folderWith } from './temp-folder.ts'

it('is empty where there is no file', async () => {
  const folder = folderWith({ 'package.json': '{}' })
  expect(await loadConfig(folder)).toEqual({ config: {}, folder, file: undefined })
})

it.each([
  ['ts', "import type { x } from './nowhere.ts'\nexport default { postgres: 16 satisfies number, project: 'db' }"],
  ['mjs', "export default { postgres: 16, project: 'db' }"],
  ['json', '{ "postgres": 16, "project": "db" }'],
])('reads %s', async (extension, text) => {
  const folder = folderWith({ [`expand-contract.config.${extension}`]: text })
  const { config, file } = await loadConfig(folder)
  expect({ ...config }).toEqual({ postgres: 16, project: 'db' })
  expect(file).toBe(path.join(folder, `expand-contract.config.${extension}`))
})

it('reads answers, and is found from a folder below', async () => {
  const intents = [
    { kind: 'rename', table: 'User', column: 'name', to: 'fullName' },
    { kind: 'fill', table: 'User', column: 'country', with: "'US'" },
  ]
  const folder = folderWith({ 'expand-contract.config.json': JSON.stringify({ intents }), 'apps/web/package.json': '{}' })
  const loaded = await loadConfig(path.join(folder, 'apps/web'))
  expect(loaded.config.intents).toEqual(intents)
  expect(loaded.folder).toBe(folder)
})

it.each([
  ['an unknown key', { postgress: 16 }, 'postgress'],
  ['several at once', { postgres: 13, extra: 1 }, 'postgres:'],
  ['an answer of an unknown kind', { intents: [{ kind: 'unused', table: 'a', column: 'b' }] }, 'intents.0.kind'],
  ['an answer with a part too much', { intents: [{ kind: 'drop', table: 'a', column: 'b', to: 'c' }] }, 'intents.0'],
  ['an empty project', { project: [] }, 'project'],
])('refuses %s and names it', async (_, config, named) => {
  const folder = folderWith({ 'expand-contract.config.json': JSON.stringify(config) })
  await expect(loadConfig(folder)).rejects.toMatchObject({ name: 'UserError', message: expect.stringContaining(named) })
})

it('refuses a URL in the file and does not print it', async () => {
  const folder = folderWith({ 'expand-contract.config.json': '{ "database": "postgres://me:secret@host/db" }' })
  const error = await loadConfig(folder).catch((e: Error) => e)
  expect(error).toMatchObject({ name: 'UserError', message: expect.stringContaining('environment variable') })
  expect((error as Error).message).not.toContain('secret')
})

it('says which file can not be run, and why', async () => {
  const folder = folderWith({ 'expand-contract.config.mjs': "throw new Error('no luck')" })
  await expect(loadConfig(folder)).rejects.toMatchObject({ name: 'UserError', message: expect.stringMatching(/config\.mjs.*no luck/s) })
})

it('refuses two files', async () => {
  const folder = folderWith({ 'expand-contract.config.mjs': 'export default {}', 'expand-contract.config.json': '{}' })
  await expect(loadConfig(folder)).rejects.toMatchObject({ name: 'UserError', message: expect.stringContaining('Keep one') })
})
