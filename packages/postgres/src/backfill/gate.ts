import { setTimeout as sleep } from 'node:timers/promises'
import type { Backfill } from '@expand-contract/core'
import type { Line } from './connections.ts'
import { type Control, readControl, restOf } from './control.ts'
import { readFacts } from './facts.ts'
import type { StepOf } from './in-ledger.ts'
import { readSignals } from './signals.ts'
import { type Decision, decide, type Limits, type Signals } from './throttle.ts'

/** Milliseconds between two measurements. */
const EVERY = 500

export interface GateOptions {
  /** A connection of its own: it must see who waits while a batch runs. */
  readonly line: Line
  readonly step: Backfill
  readonly of: StepOf
  readonly limits: Limits
  /** A query of the user's; see {@link readSignals}. */
  readonly probe?: string
  /** Whether something of this process wants it to pause: a file, a signal. */
  readonly pauses?: () => Promise<string | undefined>
  /** Aborted: it ends after the batches that run. */
  readonly signal?: AbortSignal
  /** After each measurement, with why it waits or rests and what was measured; the line is free for its queries. */
  readonly onLook?: (state: string | undefined, signals: Signals) => Promise<void>
}

/** Measures while workers work, and lets them pass, rest, wait or end. */
export interface Gate {
  pass(ms: number): Promise<'go' | 'stop'>
  /** Throws what a measurement threw. */
  close(): Promise<void>
}

/** One gate for all workers of a process. */
export async function openGate(options: GateOptions): Promise<Gate> {
  const { line, step, of, limits, signal } = options
  const { oids } = await line.surely((client) => readFacts(client, step))
  const closed = new AbortController()
  let failure: unknown
  let state: { decision: Decision; control: Control; pause?: string | undefined } = await look()

  async function look() {
    const control = await line.surely((client) => readControl(client, of))
    const signals = await line.surely((client) => readSignals(client, step, oids, options.probe))
    const decision = decide(signals, limits)
    const pause =
      control.wanted === 'pause' ? 'it is paused: npx expand-contract backfill --resume lets it go on' : await options.pauses?.()
    await options.onLook?.(pause ?? decision.wait ?? decision.why, signals)
    return { control, decision, pause }
  }

  const watching = (async () => {
    while (!closed.signal.aborted) {
      await sleep(EVERY, undefined, { signal: closed.signal }).catch(() => undefined)
      if (!closed.signal.aborted) state = await look()
    }
  })().catch((error: unknown) => {
    failure = error
  })

  return {
    async pass(ms) {
      for (;;) {
        if (failure !== undefined) throw failure
        if (signal?.aborted || state.control.wanted === 'cancel') return 'stop'
        if (state.pause === undefined && state.decision.wait === undefined) break
        await sleep(EVERY / 5)
      }
      const { speed } = state.control
      const rest = speed === null ? state.decision.rest : Math.max(restOf(speed), state.decision.rest - limits.nice)
      if (rest > 0) await sleep(ms * rest)
      return 'go'
    },
    async close() {
      closed.abort()
      await watching
    },
  }
}
