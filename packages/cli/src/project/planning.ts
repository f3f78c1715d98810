import {
  buildMigration,
  type GivenSchema,
  type Intent,
  type Migration,
  type Plan,
  planMigration,
  replaying,
  type Sending,
  type SourceMigration,
  type Stage,
  type Step,
  unusedBy,
} from '@expand-contract/core'
import { mergeIntents } from '../flags/answers.ts'

/** A migration with what is known of it. */
export interface Planned {
  readonly source: SourceMigration
  readonly migration: Migration
  readonly plan: Plan
}

/** A step of a plan that stands in the history; one that takes the expand stage back counts as of the contract. */
export interface StagedStep {
  readonly step: Step
  readonly stage: Stage['name']
}

/** What planning needs beside the history. */
export interface PlanningOptions {
  /** Answers by flag or prompt: they win over all others. */
  readonly answers?: readonly Intent[]
  /** Answers of the configuration. */
  readonly configured: readonly Intent[]
  /** The oldest PostgreSQL major version to be safe on. */
  readonly postgres: number
  /** A schema that takes the place of what is replayed until then. */
  readonly given?: GivenSchema | undefined
  /** Migrations that are steps of plans, by name. */
  readonly steps?: ReadonlyMap<string, StagedStep> | undefined
  /** How the project's ORM sends a migration. */
  readonly sending?: Sending | undefined
}

/** Plans the migrations at some positions of a history, oldest first; only as much of the history as they need is replayed. */
export function* planAt(history: readonly SourceMigration[], indices: readonly number[], options: PlanningOptions): Generator<Planned> {
  const wanted = new Set(indices)
  const needed = history.slice(0, Math.max(-1, ...indices) + 1)
  let index = -1
  for (const entry of replaying(needed, options.given)) {
    const source = needed[++index]
    if (!source || !wanted.has(index)) continue
    // The configuration speaks of all migrations: only what this one's SQL names is an answer to it, and belongs in its plan.
    const configured = options.configured.filter((intent) => source.text.includes(subjectOf(intent)))
    const own = options.steps?.get(source.id)
    const unused = own ? unusedBy(own.step, own.stage, entry.before) : []
    const intents = [...mergeIntents(options.answers ?? [], configured, source.intents), ...unused]
    const migration = buildMigration(entry, intents, options.postgres, options.sending)
    yield { source, migration, plan: planMigration(migration) }
  }
}

/** The name that a migration's SQL must hold for an answer to be about it. */
function subjectOf(intent: Intent): string {
  if (intent.column !== undefined) return intent.column
  return 'type' in intent ? (intent.type.split('.').at(-1) ?? '') : intent.table
}

/** Plans one migration. */
export function planOne(history: readonly SourceMigration[], index: number, options: PlanningOptions): Planned {
  const [planned] = planAt(history, [index], options)
  if (!planned) throw new Error(`no migration at position ${index}`)
  return planned
}
