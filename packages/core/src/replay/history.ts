import { type Catalog, EMPTY_CATALOG } from '../catalog/catalog.ts'
import type { Intent } from '../intent.ts'
import type { Migration } from '../migration.ts'
import { readScript } from '../read.ts'
import type { Script } from '../statement.ts'
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

/** Reads and replays migrations, oldest first, from an empty schema; `until` leaves out those from that position on. Never throws. */
export function replayHistory(sources: readonly { readonly id: string; readonly text: string }[], until?: number): readonly Replayed[] {
  const replayed: Replayed[] = []
  let before: Catalog = EMPTY_CATALOG
  for (const { id, text } of sources.slice(0, until)) {
    const script = readScript(text)
    const { at, after } = applyScript(before, script, id)
    replayed.push({ id, script, before, after, at })
    before = after
  }
  return replayed
}

/** The migration as the planner takes it: what people answered, and the oldest PostgreSQL major version to be safe on. */
export function buildMigration(replayed: Replayed, intents: readonly Intent[], postgres: number): Migration {
  return { ...replayed, intents, postgres }
}
