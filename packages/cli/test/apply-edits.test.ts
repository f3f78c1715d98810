import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { applyEdits, effective } from '../src/write/apply-edits.ts'
import { contentOf, folderWith } from './temp-folder.ts'

it('writes, replaces and removes, and takes folders away that become empty', async () => {
  const folder = folderWith({ 'a/old.sql': 'old', 'a/kept.sql': 'kept', 'b/only.sql': 'only' })
  const at = (name: string): string => path.join(folder, name)
  await applyEdits([
    { path: at('b/only.sql'), content: null },
    { path: at('a/old.sql'), content: 'replaced' },
    { path: at('c/d/new.sql'), content: 'neü\r\n' },
    { path: at('a/kept.sql'), content: null },
    { path: at('nowhere.sql'), content: null },
  ])
  expect(contentOf(folder)).toEqual({ 'a/': '', 'a/old.sql': 'replaced', 'c/': '', 'c/d/': '', 'c/d/new.sql': 'neü\r\n' })
})

it('leaves everything as it was where one file can not be written', async () => {
  const folder = folderWith({ 'a/one.sql': 'one', 'a/two.sql': 'two', blocked: 'a file where a folder is needed' })
  const at = (name: string): string => path.join(folder, name)
  const before = contentOf(folder)
  const edits = [
    { path: at('a/one.sql'), content: 'changed' },
    { path: at('new/deep/file.sql'), content: 'new' },
    { path: at('blocked/file.sql'), content: 'impossible' },
    { path: at('a/two.sql'), content: null },
  ]
  const failed = applyEdits(edits)
  await expect(failed).rejects.toMatchObject({ name: 'UserError', message: expect.stringContaining('Everything is as it was before') })
  await expect(failed).rejects.toThrow('blocked/file.sql')
  expect(contentOf(folder)).toEqual(before)
})

it('leaves everything as it was where one file can not be removed', async () => {
  const folder = folderWith({ 'a/one.sql': 'one', 'b/two.sql': 'two' })
  const at = (name: string): string => path.join(folder, name)
  mkdirSync(at('folder/inside'), { recursive: true })
  const before = contentOf(folder)
  const failed = applyEdits([
    { path: at('c/new.sql'), content: 'new' },
    { path: at('a/one.sql'), content: null },
    { path: at('b/two.sql'), content: null },
    { path: at('folder'), content: null },
  ])
  await expect(failed).rejects.toMatchObject({ name: 'UserError' })
  expect(contentOf(folder)).toEqual(before)
})

it('knows which edits change something', async () => {
  const folder = folderWith({ same: 'same', other: 'other' })
  const at = (name: string): string => path.join(folder, name)
  const changing = [
    { path: at('other'), content: 'changed' },
    { path: at('new'), content: '' },
    { path: at('same'), content: null },
  ]
  expect(await effective([{ path: at('same'), content: 'same' }, ...changing, { path: at('gone'), content: null }])).toEqual(changing)
})
