import { CommanderError } from 'commander'
import { EXIT } from './exit.ts'
import type { Io } from './io.ts'
import { program } from './program.ts'
import { version } from './version.ts'

/** Runs one command; returns its exit code (see {@link EXIT}) and never throws. */
export async function main(args: readonly string[], io: Io): Promise<number> {
  let code: number = EXIT.ok
  try {
    await program(io, (done) => {
      code = done
    }).parseAsync(args, { from: 'user' })
    return code
  } catch (error) {
    return report(error, io)
  }
}

function report(error: unknown, io: Io): number {
  // Commander has printed its own message already; its code is 0 after --help and --version.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.mistake
  // By name: core is loaded only by commands that need it.
  const name = error instanceof Error ? error.name : ''
  if (name === 'Cancelled') {
    io.err('Cancelled. Nothing was written.\n')
    return EXIT.cancelled
  }
  if (error instanceof Error && name === 'UserError') {
    io.err(`${withoutUrls(error.message)}\n`)
    return EXIT.mistake
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error)
  io.err(
    `${withoutUrls(stack)}\n\nThis is a bug in expand-contract ${version()} (Node ${process.version}). Please report it with the lines above and the command.\n`,
  )
  return EXIT.bug
}

/** What messages show of how a URL looks. */
const EXAMPLE_URL = 'postgresql://user:password@host:5432/database'

/** Connection strings hold passwords. */
function withoutUrls(text: string): string {
  return text.replaceAll(/postgres(?:ql)?:\/\/[^\s'"`]+/gi, (url) => (url === EXAMPLE_URL ? url : '<database URL>'))
}
