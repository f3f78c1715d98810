import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { accessSync, constants, readFileSync } from 'node:fs'
import { chmod, chown, mkdtemp, rm, stat, statfs, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { UserError } from '@expand-contract/core'
import type { ClientConfig } from 'pg'
import { type Binaries, findBinaries, notInstalled, SUPPORTED } from './binaries.ts'
import { program, runnable, serverUser } from './native.ts'

/** A server of our own, started from an npm package, and the way to reach it. */
export interface Embedded {
  readonly major: number
  readonly config: ClientConfig
  /** Ends the server and removes its data. */
  stop(): Promise<void>
}

/** Longest time a server may take to be ready, in milliseconds; it takes about one second. */
const START_TIMEOUT = 60_000

/** Where Linux mounts memory as a folder. */
const MEMORY = '/dev/shm'
/** Bytes that must be free there: a server with a dozen copies of a small database takes a tenth of it. */
const ROOM = 2 * 1024 ** 3

/** Speed over safety: the data is thrown away. A server that crashes is a failed run, never a damaged database. */
const SETTINGS = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off', 'max_connections=50', 'timezone=UTC', 'log_timezone=UTC']

/**
 * Starts a PostgreSQL of the given major version (default: the newest installed) in a new directory. Only the user it runs as can reach it:
 * through a socket in a directory of mode 700, on Windows through a loopback port; both ask for a random password. It ends with this
 * process, however that ends. Throws {@link UserError} where the version isn't installed or doesn't start.
 */
export async function startEmbedded(version?: number): Promise<Embedded> {
  const binaries = choose(version)
  const dir = await mkdtemp(join(await temporaryRoot(), 'expand-contract-'))
  try {
    return await start(binaries, dir)
  } catch (error) {
    await rm(dir, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
    throw error
  }
}

function choose(version: number | undefined): Binaries {
  if (version !== undefined && !SUPPORTED.includes(version)) {
    throw new UserError(`PostgreSQL ${version} is not supported. Choose one of ${SUPPORTED.join(', ')}.`)
  }
  const installed = findBinaries()
  const found = version === undefined ? installed[0] : installed.find((b) => b.major === version)
  if (found) return found
  throw notInstalled(version ?? (SUPPORTED.at(-1) as number))
}

async function start(binaries: Binaries, dir: string): Promise<Embedded> {
  const root = await runnable(binaries, dir)
  const data = join(dir, 'data')
  const windows = process.platform === 'win32'
  const port = windows ? await freePort() : 5432
  const password = randomBytes(24).toString('hex')
  const passwordFile = join(dir, 'password')
  await writeFile(passwordFile, password, { mode: 0o600 })
  const uid = serverUser()
  if (uid !== undefined) for (const path of [passwordFile, dir]) await chown(path, uid, uid)
  await chmod(dir, 0o700)

  const reach = windows ? ['listen_addresses=127.0.0.1'] : ['listen_addresses=', `unix_socket_directories=${dir}`]
  const server = ['-D', data, '-p', String(port), ...[...SETTINGS, ...reach].flatMap((setting) => ['-c', setting])]
  const init = ['-D', data, '-U', 'postgres', '-A', 'password', `--pwfile=${passwordFile}`, '-E', 'UTF8', '--locale=C', '--no-sync']
  const keeper = keep({
    dir,
    commands: [
      [program(root, 'initdb'), init],
      [program(root, 'postgres'), server],
    ],
    uid,
  })
  await ready(keeper, join(data, 'postmaster.pid'), binaries.major)
  const host = windows ? '127.0.0.1' : dir
  return { major: binaries.major, config: { host, port, user: 'postgres', password, ssl: false }, stop: () => stop(keeper) }
}

function keep(task: object): ChildProcess {
  const script = fileURLToPath(new URL('./keeper.js', import.meta.url))
  // A session of its own: a Ctrl-C in the terminal must not reach the server before the end of this process does.
  const keeper = spawn(process.execPath, [script, JSON.stringify(task)], {
    detached: process.platform !== 'win32',
    env: environment(),
    stdio: ['pipe', 'ignore', 'pipe'],
    windowsHide: true,
  })
  // A server that nobody stopped must not hold the process open: its end stops the server.
  keeper.unref()
  for (const pipe of [keeper.stdin, keeper.stderr]) (pipe as unknown as { unref(): void }).unref()
  return keeper
}

/** Resolves when the server says in its lock file that it takes connections. */
async function ready(keeper: ChildProcess, lockFile: string, major: number): Promise<void> {
  let output = ''
  keeper.stderr?.on('data', (chunk) => {
    output += chunk
  })
  let ended = false
  keeper.once('close', () => {
    ended = true
  })
  keeper.once('error', (error) => {
    output += error.message
    ended = true
  })
  const until = Date.now() + START_TIMEOUT
  while (!ended && Date.now() < until) {
    if (status(lockFile) === 'ready') return
    await sleep(10)
  }
  await stop(keeper)
  const cause = ended ? output.trim() : `not ready within ${START_TIMEOUT / 1000} s`
  throw new UserError(
    `PostgreSQL ${major} from npm did not start, so nothing can be proved. What it said:\n${cause}\nMend what it names (a file of the package ` +
      'is missing: `npm ci`; the user does not exist: run as one that does), or give the URL of a server where databases may be created.',
  )
}

/** The eighth line of postmaster.pid: `starting`, `ready`, …; empty before it is written. */
function status(lockFile: string): string {
  try {
    return readFileSync(lockFile, 'utf8').split('\n')[7]?.trim() ?? ''
  } catch {
    return ''
  }
}

async function stop(keeper: ChildProcess): Promise<void> {
  if (keeper.exitCode !== null || keeper.signalCode !== null || keeper.pid === undefined) return
  keeper.ref()
  const ended = new Promise<void>((resolve) => keeper.once('exit', () => resolve()))
  keeper.stdin?.end()
  await ended
}

/** Our environment without what would steer Node or PostgreSQL elsewhere, and with messages in English. */
function environment(): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('PG') && !name.startsWith('LC_') && name !== 'NODE_OPTIONS')
  return { ...Object.fromEntries(own), LC_ALL: 'C' }
}

/** Memory that is mounted as a folder, where there is plenty of it: copying databases takes a third less time. None where TMPDIR says where to go. */
async function memoryFolder(): Promise<string[]> {
  if (process.platform !== 'linux' || process.env.TMPDIR) return []
  try {
    const { bavail, bsize } = await statfs(MEMORY)
    return bavail * bsize > ROOM ? [MEMORY] : []
  } catch {
    return []
  }
}

/** The first temporary folder that is short enough for a socket path (103 bytes on macOS) and that the server's user may enter. */
async function temporaryRoot(): Promise<string> {
  for (const root of [...(await memoryFolder()), tmpdir(), '/tmp', '/var/tmp']) {
    if (process.platform === 'win32') return root
    if (Buffer.byteLength(join(root, 'expand-contract-XXXXXX', '.s.PGSQL.5432.lock')) < 100 && (await enterable(root))) return root
  }
  throw new UserError('No temporary folder can be used for a PostgreSQL server. Point TMPDIR at a short path that every user can enter.')
}

async function enterable(path: string): Promise<boolean> {
  try {
    accessSync(path, constants.W_OK | constants.X_OK)
    if (serverUser() === undefined) return true
    for (let at = path; ; at = dirname(at)) {
      if (((await stat(at)).mode & 0o001) === 0) return false
      if (at === dirname(at)) return true
    }
  } catch {
    return false
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number }
      probe.close(() => resolve(port))
    })
  })
}
