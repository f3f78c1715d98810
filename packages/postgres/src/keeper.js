// @ts-check
// Runs a Postgres server for the process that started it and never outlives that process: standard input is a pipe whose other end only
// that process holds, so it closes however the process ends, SIGKILL included. Then the server is stopped and its directory removed.
// Plain JavaScript because it is started by file name, from the sources as well as from the build.
import { spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'

/**
 * @typedef {object} Task
 * @property {string} dir Private directory of the server: the log goes there, all of it is removed at the end.
 * @property {readonly (readonly [command: string, args: readonly string[]])[]} commands One after another; the last one is the server.
 * @property {number | undefined} uid User and group of the commands.
 */
/** @type {Task} */
const task = JSON.parse(process.argv[2] ?? '')
const log = join(task.dir, 'log')

let stopping = false
/** @type {import('node:child_process').ChildProcess | undefined} */
let running
process.stdin.resume().once('close', () => {
  stopping = true
  // Immediate shutdown: nothing in this server has to survive.
  running?.kill('SIGQUIT')
})
// The pipe decides when to stop; a Ctrl-C in the terminal reaches the parent, whose end closes the pipe.
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) process.on(signal, () => {})

/** @returns {Promise<number>} */
function run(/** @type {string} */ command, /** @type {readonly string[]} */ args) {
  const output = openSync(log, 'a')
  const identity = task.uid === undefined ? {} : { uid: task.uid, gid: task.uid }
  const child = spawn(command, args, { cwd: task.dir, env: process.env, stdio: ['ignore', output, output], windowsHide: true, ...identity })
  closeSync(output)
  running = child
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code) => resolve(code ?? 1))
  })
}

let failure = ''
try {
  for (const [command, args] of task.commands) {
    if (stopping) break
    if ((await run(command, args)) !== 0 && !stopping) {
      failure = readFileSync(log, 'utf8').slice(-4000)
      break
    }
  }
} catch (error) {
  failure = String(error)
}
rmSync(task.dir, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
process.stderr.write(failure, () => process.exit(failure === '' ? 0 : 1))
