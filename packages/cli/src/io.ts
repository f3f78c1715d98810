import type { Prompts } from './prompt/prompts.ts'
import { terminalPrompts } from './prompt/terminal.ts'

/** What a command may touch of the process: everything else it gets as values. */
export interface Io {
  /** Absolute. */
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
  /** Writes to stdout: reports. */
  out(text: string): void
  /** Writes to stderr: errors and notes. */
  err(text: string): void
  /** Whether stdout takes colours. */
  readonly colors: boolean
  /** Columns of the terminal. */
  readonly width: number
  /** A person who can be asked, or undefined (CI, pipes). */
  readonly prompts: Prompts | undefined
  /** Where progress is drawn, or undefined where stderr is not a terminal. */
  readonly progress: NodeJS.WriteStream | undefined
}

const WIDEST = 120
const PIPED = 100

/** The real process. */
export function processIo(): Io {
  const { stdin, stdout, stderr, env } = process
  const inCi = Boolean(env.CI) && env.CI !== 'false'
  return {
    cwd: process.cwd(),
    env,
    out: (text) => void stdout.write(text),
    err: (text) => void stderr.write(text),
    colors: wantsColors(env, Boolean(stdout.isTTY)),
    width: Math.min(stdout.columns || PIPED, WIDEST),
    prompts: stdin.isTTY && stdout.isTTY && !inCi ? terminalPrompts() : undefined,
    progress: stderr.isTTY && !inCi ? stderr : undefined,
  }
}

/** https://no-color.org and FORCE_COLOR, else colours only on a terminal. */
export function wantsColors(env: Io['env'], isTerminal: boolean): boolean {
  if (env.NO_COLOR) return false
  if (env.FORCE_COLOR !== undefined) return env.FORCE_COLOR !== '0' && env.FORCE_COLOR !== 'false'
  return isTerminal && env.TERM !== 'dumb'
}
