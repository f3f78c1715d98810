import type { Io } from './io.ts'

/** Work shorter than this, in ms, shows no progress. */
const PATIENCE = 700
/** Time between two pictures of the spinner, in ms. */
const TURN = 80
const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏']

/** Says what is being done now. Awaited by work that never waits for anything else, so that the spinner gets its turn. */
export type Say = (text: string) => Promise<void>

/**
 * Runs work and, where it takes longer than a moment and stderr is a terminal, draws a spinner there with the latest `say`. Drawn by hand, because a prompt
 * library's spinner takes over the keyboard, and with it Ctrl-C.
 */
export async function withProgress<T>(io: Pick<Io, 'progress'>, work: (say: Say) => Promise<T>): Promise<T> {
  const output = io.progress
  if (!output) return work(() => Promise.resolve())
  const started = performance.now()
  let turn = started
  let latest = ''
  let frame = 0
  let drawn = false
  const draw = (): void => {
    const seconds = Math.round((performance.now() - started) / 1000)
    const line = `${FRAMES[frame++ % FRAMES.length]} ${latest} [${seconds}s]`
    output.write(`\r${line.slice(0, (output.columns || line.length + 1) - 1)}\u001b[K`)
    drawn = true
  }
  let timer: NodeJS.Timeout | undefined
  const patience = setTimeout(() => {
    timer = setInterval(draw, TURN)
  }, PATIENCE)
  try {
    return await work(async (text) => {
      latest = text
      if (performance.now() - turn < TURN) return
      await new Promise((resolve) => setImmediate(resolve))
      turn = performance.now()
    })
  } finally {
    clearTimeout(patience)
    clearInterval(timer)
    if (drawn) output.write('\r\u001b[K')
  }
}
