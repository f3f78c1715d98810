import { type Catalog, EMPTY_CATALOG } from '../catalog/catalog.ts'
import type { Intent } from '../intent.ts'
import type { Migration } from '../migration.ts'
import type { Sending } from '../plan/sending.ts'
import { readScript } from '../sql/read.ts'
import type { Script } from '../sql/statement.ts'
import { applyScript } from './replay.ts'

/** One migration of a history, read and replayed on top of those before it. */
export interface Replayed {
  readonly id: string
  readonly script: Script
  readonly before: Catalog
  readonly after: Catalog
  /** `at[i]` is the schema just before statement `i`. */
  readonly at: readonly Catalog[]
}

/** A migration as its ORM names it, and its SQL. */
type Source = { readonly id: string; readonly text: string }

/** A schema that is known from elsewhere: from a database or a dump of one. */
export interface GivenSchema {
  /** The migration just before which the schema is like that. */
  readonly before: string
  readonly catalog: Catalog
}

/** Reads and replays migrations one after the other, oldest first, from an empty schema; `given` takes the place of what is replayed until then. Never throws. */
export function* replaying(sources: Iterable<Source>, given?: GivenSchema): Generator<Replayed> {
  let before: Catalog = EMPTY_CATALOG
  for (const { id, text } of sources) {
    if (id === given?.before) before = withRoutines(given.catalog, before)
    const { at, after, script } = applyScript(before, readScript(text), id)
    yield { id, script, before, after, at }
    before = after
  }
}

/** What functions do inside, only the history tells. */
function withRoutines(given: Catalog, replayed: Catalog): Catalog {
  return replayed.routines && !given.routines ? { ...given, routines: replayed.routines } : given
}

/** All of {@link replaying}; `until` leaves out those from that position on. */
export function replayHistory(sources: readonly Source[], until?: number): readonly Replayed[] {
  return [...replaying(sources.slice(0, until))]
}

/** The migration as the planner takes it: what people answered, and the oldest PostgreSQL major version to be safe on. */
export function buildMigration(replayed: Replayed, intents: readonly Intent[], postgres: number, sending?: Sending): Migration {
  return { ...replayed, intents, postgres, ...(sending && { sending }) }
}
