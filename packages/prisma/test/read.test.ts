import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { Layout } from '@expand-contract/core'
import { describe, expect, it } from 'vitest'
import { prisma } from '../src/index.ts'
import { tempProject } from './support/temp.ts'

describe('read', () => {
  it('gives the migrations oldest first, byte for byte, and passes over folders without migration.sql', async () => {
    const texts = { '20240102_b': '\uFEFF-- bom\r\nSELECT 1;\r\n', '20240101_a': '', '20231231_z': 'SELECT 2' }
    const root = await tempProject({
      'schema.prisma': '',
      'migrations/20240103_empty/': '',
      'migrations/20240104_other/notes.sql': 'x',
      'migrations/20240105_folder/migration.sql/': '',
      'migrations/loose.sql': 'x',
      ...Object.fromEntries(Object.entries(texts).map(([id, text]) => [`migrations/${id}/migration.sql`, text])),
    })
    const layout = (await prisma.find(root)) as Layout
    const { migrations } = await prisma.read(layout)
    expect(migrations).toEqual(
      ['20231231_z', '20240101_a', '20240102_b'].map((id) => ({
        id,
        path: path.join(root, 'migrations', id, 'migration.sql'),
        text: texts[id as keyof typeof texts],
        intents: [],
      })),
    )
    await writeFile(path.join(root, 'migrations/20240102_b/migration.sql'), migrations[2]?.text ?? '')
    expect((await prisma.read(layout)).migrations[2]?.text).toBe(texts['20240102_b'])
  })

  it('reads a project without a migrations folder as an empty history', async () => {
    const layout = (await prisma.find(await tempProject({ 'schema.prisma': '' }))) as Layout
    expect((await prisma.read(layout)).migrations).toEqual([])
  })
})
