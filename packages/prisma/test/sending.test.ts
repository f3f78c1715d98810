import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { sendingOf } from '../src/sending.ts'

let root: string
beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'sending-'))
})
afterEach(() => rm(root, { recursive: true }))

async function write(file: string, json: unknown): Promise<void> {
  await mkdir(path.dirname(path.join(root, file)), { recursive: true })
  await writeFile(path.join(root, file), JSON.stringify(json))
}

describe('how Prisma sends a migration', () => {
  it.each([
    ['6.19.0', 'query'],
    ['7.3.9', 'query'],
    ['7.4.0', 'statements'],
    ['7.10.0', 'statements'],
    ['8.0.0', 'statements'],
  ])('the installed %s: %s', async (version, sending) => {
    await write('node_modules/prisma/package.json', { version })
    await write('package.json', { devDependencies: { prisma: '^6.0.0' } })
    expect(await sendingOf(root)).toBe(sending)
  })

  it.each([
    ['^7.4.0', 'statements'],
    ['^7.0.0', 'query'],
    ['7', 'query'],
    ['8.x', 'statements'],
    ['workspace:*', 'query'],
  ])('nothing is installed and package.json wants %s: %s', async (prisma, sending) => {
    await write('package.json', { devDependencies: { prisma } })
    expect(await sendingOf(root)).toBe(sending)
  })

  it('looks in the folders above: workspaces install there', async () => {
    await write('node_modules/prisma/package.json', { version: '7.10.0' })
    await write('apps/web/package.json', { dependencies: { prisma: 'catalog:' } })
    expect(await sendingOf(path.join(root, 'apps/web'))).toBe('statements')
  })

  it('does not know where there is no package', async () => {
    expect(await sendingOf(root)).toBeUndefined()
  })
})
