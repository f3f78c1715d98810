import { execFile } from 'node:child_process'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { hazards } from '@expand-contract/core'
import { describe, expect, it } from 'vitest'
import { wantsColors } from '../src/io.ts'
import { run } from './captured-io.ts'
import { folderWith } from './temp-folder.ts'

describe('the command line', () => {
  it.each([['check'], ['rewrite'], ['verify'], ['explain']])('%s has help with examples', async (command) => {
    const { code, out, err } = await run('/', [command, '--help'])
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out).toMatch(new RegExp(`Examples:\n {2}# .*\n {2}expand-contract ${command}`))
  })

  it('prints its version', async () => {
    expect(await run('/', ['--version'])).toMatchObject({ code: 0, out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) })
  })

  it.each([
    ['an unknown command', ['chek'], 'Did you mean check'],
    ['an unknown option', ['check', '--sinse', 'main'], '--since'],
    ['a version that is not supported', ['rewrite', '--postgres', '13'], '14, 15, 16, 17 or 18'],
    ['a format that is not known', ['check', '--format', 'xml'], 'text, json'],
    ['options that exclude each other', ['check', '--newest', '--since', 'main'], 'cannot be used'],
    ['an argument too much', ['explain', 'a', 'b'], 'too many arguments'],
  ])('ends with 2 for %s', async (_, args, message) => {
    const { code, out, err } = await run('/', args)
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toContain(message)
  })

  it('ends with 2 and one paragraph where there is no project', async () => {
    const { code, out, err } = await run(folderWith({ 'package.json': '{}' }), ['check'])
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toMatch(/^No Prisma or Drizzle project[^\n]*\n$/)
  })

  it('ends with 3 and the stack for a bug, without connection strings', async () => {
    const io = {
      cwd: '/',
      env: {},
      out: () => {
        throw new Error('lost postgres://me:secret@host/db here')
      },
      err: (text: string) => {
        printed += text
      },
      colors: false,
      width: 80,
      prompts: undefined,
      progress: undefined,
    }
    let printed = ''
    const { main } = await import('../src/main.ts')
    expect(await main(['explain'], io)).toBe(3)
    expect(printed).toMatch(/Error: lost <database URL> here\n\s+at .*This is a bug/s)
    expect(printed).not.toContain('secret')
  })

  it('shows how a URL looks where one can not be read', async () => {
    const { err } = await run(folderWith({ 'a.sql': 'SELECT 1;' }), ['check', 'a.sql', '--database', 'mysql://me:secret@host/db'])
    expect(err).toContain('  postgresql://user:password@host:5432/database\n')
    expect(err).not.toContain('secret')
  })

  it('runs as a program, and a reader may leave early', async () => {
    const root = fileURLToPath(new URL('../../..', import.meta.url))
    const bin = path.join(root, 'packages/cli/src/bin.ts')
    const shell = `"${process.execPath}" --conditions=expand-contract-source --import tsx "${bin}" explain | head -n 1; exit "\${PIPESTATUS[0]}"`
    const { stdout, stderr } = await promisify(execFile)('bash', ['-c', shell], { cwd: root })
    expect(stdout).toMatch(/^ {2}[a-z-]+ /)
    expect(stderr).toBe('')
  })
})

describe('explain', () => {
  it('lists every hazard that core knows', async () => {
    const { code, out } = await run('/', ['explain'])
    expect(code).toBe(0)
    for (const name of hazards.keys()) expect(out).toContain(`  ${name} `)
  })

  it.each([...hazards.keys()])('tells about %s', async (name) => {
    const { code, out } = await run('/', ['explain', name])
    expect(code).toBe(0)
    expect(out).toContain('Why it hurts')
  })

  it('names the nearest for one that it does not know', async () => {
    const { code, err } = await run('/', ['explain', 'drop-colum'])
    expect(code).toBe(2)
    expect(err).toContain('Did you mean "drop-column-breaks-old-code"')
  })

  it('gives data', async () => {
    const { out } = await run('/', ['explain', '--format', 'json'])
    expect(JSON.parse(out)).toHaveLength(hazards.size)
  })
})

it('takes colours from the terminal and the environment', () => {
  expect(wantsColors({}, true)).toBe(true)
  expect(wantsColors({}, false)).toBe(false)
  expect(wantsColors({ NO_COLOR: '1' }, true)).toBe(false)
  expect(wantsColors({ NO_COLOR: '' }, true)).toBe(true)
  expect(wantsColors({ FORCE_COLOR: '1' }, false)).toBe(true)
  expect(wantsColors({ FORCE_COLOR: '0' }, true)).toBe(false)
  expect(wantsColors({ TERM: 'dumb' }, true)).toBe(false)
})
