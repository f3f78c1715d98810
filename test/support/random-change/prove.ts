import {
  buildMigration,
  hazardsOfOutput,
  type Intent,
  type Migration,
  type Plan,
  planMigration,
  type Question,
  replayHistory,
  UserError,
} from '@expand-contract/core'
import { type Server, type VerifyInput, verifyCrowd, verifyPlan } from '@expand-contract/postgres'
import type { RandomChange } from './changes.ts'
import { schemaSql } from './schema.ts'

/** What came of a random change. */
export interface Proved {
  readonly as: 'rewritten' | 'refused' | 'untouched' | 'impossible'
  /** The reason of a refusal, or why the change itself can't run. */
  readonly why?: string
  readonly findings: readonly string[]
}

/** Questions that are answered before a refusal counts. */
const MOST_ANSWERS = 6

/** Plans a change, as a person would who answers what is asked, and lets the laws judge the plan. `writers`: that many applications at once as well. */
export async function prove(change: RandomChange, server: Server, without: readonly number[], writers = 0): Promise<Proved> {
  const before = schemaSql(change.schema)
  const { migration, plan } = planned(before, change)
  const [refusal] = plan.refusals
  if (refusal) return { as: 'refused', why: refusal.reason, findings: [] }
  if (plan.stages.every((s) => s.steps.length === 0)) return { as: 'untouched', findings: [] }
  const input: VerifyInput = {
    plan,
    history: [{ id: '0001_before', text: before }],
    server,
    before: migration.before,
    after: migration.after,
  }
  try {
    const verdict = await verifyPlan({ ...input, without, replan: () => hazardsOfOutput(plan, migration.before) })
    const laws = [...verdict.laws, ...(writers > 0 ? [await verifyCrowd(input, writers)] : [])]
    return {
      as: 'rewritten',
      findings: laws.flatMap((law) => (law.status === 'broken' ? law.findings.map((f) => `law ${law.law}: ${f}`) : [])),
    }
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    return { as: 'impossible', why: error.message, findings: [] }
  }
}

/** The plan with all answers. */
export function planned(before: string, { migration: text, intents }: RandomChange): { migration: Migration; plan: Plan } {
  const last = replayHistory([
    { id: '0001_before', text: before },
    { id: '0002_change', text },
  ]).at(-1)
  if (!last) throw new Error('no migration')
  let answers = intents
  for (let left = MOST_ANSWERS; ; left--) {
    const migration = buildMigration(last, answers, 14)
    const plan = planMigration(migration)
    const answer = plan.refusals.flatMap((r) => (r.question ? answered(r.question) : []))[0]
    if (left === 0 || !answer) return { migration, plan }
    answers = [...answers, answer]
  }
}

function answered(question: Question): Intent[] {
  switch (question.kind) {
    case 'rename':
      return [{ kind: 'drop', table: question.table, column: question.column }]
    case 'fill':
    case 'convert': {
      const { kind, table, column, suggestion } = question
      return suggestion === undefined ? [] : [{ kind, table, column, with: suggestion }]
    }
    default:
      return []
  }
}
