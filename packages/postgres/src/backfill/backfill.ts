import type { Backfill } from '@expand-contract/core'
import type { Client } from 'pg'
import type { Done } from './batch.ts'
import { blockWalk } from './block-walk.ts'
import type { Checkpoint, Pass, RefusedRow } from './checkpoint.ts'
import { type Connections, openLine } from './connections.ts'
import { readFacts, type TableFacts } from './facts.ts'
import { keyWalk } from './key-walk.ts'
import { countLeft } from './left.ts'
import { fixedPace, type Pace, timedPace } from './pace.ts'
import { retryRefused } from './refused.ts'
import { vacuumWatch } from './vacuum.ts'
import type { Walk, WalkName } from './walk.ts'
import { workThrough } from './worker.ts'

/** Milliseconds that a batch should take: as long may somebody who writes one of its rows have to wait. */
export const TARGET = 50
/** Parts into which a large table is cut: enough for a dozen workers to end at about the same time. */
const PARTS = 48
/** Blocks from which on waves are worth their visits. */
const WORTH_WAVES = 128
/** Passes of one run: writers may move rows once behind it, but code that keeps making rows that need it must not keep it going for ever. */
const MOST_PASSES = 4

export interface BackfillOptions {
  readonly connections: Connections
  readonly checkpoint: Checkpoint
  /** Workers in this process; more may work on the same checkpoint elsewhere. Default 1. */
  readonly workers?: number
  /** Milliseconds of a batch; default {@link TARGET}. */
  readonly target?: number
  /** Rows of a batch, whatever it takes. */
  readonly rows?: number
  /** The way to go, instead of what the table suggests. */
  readonly walk?: WalkName
  /** Awaited before each batch with the ms that the one before took: rests, waits, and says `stop` where the backfill is to end early. */
  readonly gate?: (ms: number) => Promise<'go' | 'stop'>
  readonly onBatch?: (pass: Pass, done: Done) => void
  /** In the batch's transaction, after its statement. */
  readonly afterStatement?: (client: Client, sql: string) => Promise<void>
  /** Between two batches, no transaction open. */
  readonly betweenBatches?: () => Promise<void>
}

export interface BackfillResult {
  /** Rows that this run changed. */
  readonly changed: number
  /** Rows that still need it; 0 for a step that looks at each row once. */
  readonly left: number
  /** Rows that the database refused to change, with its words: the step is not done while there is one. */
  readonly refused: readonly RefusedRow[]
  /** It was told to end before it was through. */
  readonly stopped: boolean
}

/**
 * Does a backfill, or goes on with one, until no row needs it. It is done where nothing is left, nothing was refused and it was not stopped. Throws PostgreSQL's error where that is not about a row,
 * and {@link UserError} where very many rows are refused or a transaction stays in the way.
 */
export async function runBackfill(step: Backfill, options: BackfillOptions): Promise<BackfillResult> {
  const { checkpoint, connections } = options
  const line = await openLine(connections)
  const refused = (): Promise<readonly RefusedRow[]> => line.surely((client) => checkpoint.refused(client))
  const count = (): Promise<number> => line.surely((client) => countLeft(client, step))
  try {
    const facts = await line.surely((client) => readFacts(client, step))
    // Rows without a key were refused by their place, which may be another by now: a new pass finds them.
    let again = step.key.length === 0 && (await refused()).length > 0
    let changed = await line.surely((client) => retryRefused(client, step, checkpoint))
    const vacuum = vacuumWatch(step, facts)
    let left: number | undefined
    let stopped = false
    for (let passes = 0; passes < MOST_PASSES && !stopped; passes++) {
      const latest = await line.surely((client) => checkpoint.latest(client))
      if (latest?.isDone && !again) {
        if (step.once && latest.walk !== 'waves') break
        left = step.once ? undefined : await count()
        const isStuck = passes > 1 && latest.rows === 0
        if (left !== undefined && (left <= (await refused()).length || isStuck)) break
      }
      again = false
      left = undefined
      const pass = latest && !latest.isDone ? latest : nextPass(step, facts, latest, options)
      const walk = walkOf(step, pass.walk)
      await line.surely((client) => checkpoint.open(client, pass, () => walk.ranges(client, facts, PARTS)))
      const ends = await together(options, (gate) =>
        workThrough({ ...options, gate, step, facts, pass, walk, vacuum, pace: paceOf(walk, options) }),
      )
      stopped = ends.some((end) => end.stopped)
      changed += ends.reduce((sum, end) => sum + end.changed, 0)
    }
    left ??= step.once ? 0 : await count()
    return { changed, left, refused: await refused(), stopped }
  } finally {
    await line.close()
  }
}

/** Several workers; where one fails the others end after their batch, and its error is thrown. */
async function together<T>(
  { workers = 1, gate }: BackfillOptions,
  work: (gate: (ms: number) => Promise<'go' | 'stop'>) => Promise<T>,
): Promise<T[]> {
  let failed = false
  const pass = async (ms: number): Promise<'go' | 'stop'> => (failed ? 'stop' : ((await gate?.(ms)) ?? 'go'))
  const ends = await Promise.allSettled(
    Array.from({ length: workers }, () =>
      work(pass).catch((error: unknown) => {
        failed = true
        throw error
      }),
    ),
  )
  return ends.map((end) => {
    if (end.status === 'rejected') throw end.reason
    return end.value
  })
}

/** Why a backfill is not done yet, in words; undefined where it is. What rests on it, such as a validation, must not follow before. */
export function notDone({ left, refused, stopped }: BackfillResult): string | undefined {
  const [first] = refused
  if (stopped) return 'it was stopped before it was through: the same command goes on with it'
  if (first) {
    return `${refused.length} rows could not be changed, the first (${first.row.join(', ')}): ${first.reason}. The others are done: correct these rows, then run the same command again`
  }
  if (left === 0) return undefined
  return `${left} rows still need the backfill after it ran: nothing keeps new rows right, or the fill does not meet its own condition`
}

function firstWalk(step: Backfill, facts: TableFacts, { walk }: BackfillOptions): WalkName {
  if (walk !== undefined) return walk
  const isPlain = !step.deletes && step.into === undefined && step.list === undefined && step.from === undefined && step.with === undefined
  return isPlain && !facts.setsIndexed && facts.blocks >= WORTH_WAVES ? 'waves' : behind(step)
}

function nextPass(step: Backfill, facts: TableFacts, latest: Pass | undefined, options: BackfillOptions): Pass {
  return latest ? { number: latest.number + 1, walk: behind(step) } : { number: 1, walk: firstWalk(step, facts, options) }
}

function behind(step: Backfill): WalkName {
  return step.key.length > 0 ? 'keys' : 'blocks'
}

function walkOf(step: Backfill, name: WalkName): Walk {
  return name === 'keys' ? keyWalk(step) : blockWalk(step, name)
}

function paceOf(walk: Walk, { rows, target = TARGET }: BackfillOptions): Pace {
  return rows === undefined ? timedPace(target, walk.first, walk.most) : fixedPace(walk.sizeOf(rows))
}
