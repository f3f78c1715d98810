import type { Io } from './io.ts'

/** Work shorter than this, in ms, shows no progress. */
const PATIENCE = 700
/** The spinner gets its turn at least this often, in ms. */
const TURN = 40

/** Says what is being done now. Awaited by work that never waits for anything else, so that the spinner gets its turn. */
export type Say = (text: string) => Promise<void>

/** Runs work and, where it takes longer than a moment and stderr is a terminal, draws a spinner there with the latest `say`. */
export async function withProgress<T>(io: Pick<Io, 'progress'>, work: (say: Say) => Promise<T>): Promise<T> {
  const output = io.progress
  if (!output) return work(() => Promise.resolve())
  const started = performance.now()
  let turn = started
  let latest = ''
  let drawn: { start(text: string): void; message(text: string): void; clear(): void } | undefined
  const show = setTimeout(async () => {
    const { spinner } = await import('@clack/prompts')
    if (over) return
    drawn = spinner({ output, indicator: 'timer' })
    drawn.start(latest)
  }, PATIENCE)
  let over = false
  try {
    return await work(async (text) => {
      latest = text
      drawn?.message(text)
      if (performance.now() - turn < TURN) return
      await new Promise((resolve) => setImmediate(resolve))
      turn = performance.now()
    })
  } finally {
    over = true
    clearTimeout(show)
    drawn?.clear()
  }
}
