import {
  buildMigration,
  hazards,
  hazardsOfOutput,
  type Intent,
  type Plan,
  planMigration,
  replayHistory,
  UserError,
} from '@expand-contract/core'
import { type Server, startServer, verifyPlan } from '@expand-contract/postgres'
import { type CorpusHistory, histories, unpackCorpus } from '../test/support/corpus.ts'

// The newest migrations with a hazard that a strategy covers, of five real projects: rewritten and proved, or refused with a reason.
// Answers that only a person has are taken as "it really goes" and the fill that is offered. tsx scripts/prove-corpus.ts [how many of each]
const PROJECTS = ['triggerdotdev__trigger.dev', 'langfuse__langfuse', 'calcom__cal.com', 'Dokploy__dokploy', 'simstudioai__sim']
const newest = Number(process.argv[2] ?? 10)
const only = process.argv[3]

/** Plans again with answers until no question is left. */
function answered(plan: (intents: readonly Intent[]) => Plan): Plan {
  const intents: Intent[] = []
  for (;;) {
    const planned = plan(intents)
    const answers = planned.refusals.flatMap(({ question: q }): Intent[] => {
      if (q?.kind === 'rename') return [{ kind: 'drop', table: q.table, column: q.column }]
      if (q?.kind === 'value') return [{ kind: 'value', type: q.type, value: q.value, to: q.candidates[0] ?? '' }]
      if (q?.kind === 'move') return [{ kind: 'drop', table: q.table, column: q.column }]
      if (q?.kind === 'rename-table') return [{ kind: 'drop-table', table: q.table }]
      return q?.suggestion === undefined ? [] : [{ kind: 'fill', table: q.table, column: q.column, with: q.suggestion }]
    })
    if (answers.length === 0) return planned
    intents.push(...answers)
  }
}

async function prove(server: Server, { name, history }: CorpusHistory): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  const replayed = replayHistory(history.migrations)
  let left = newest
  for (let i = replayed.length - 1; i >= 0 && left > 0; i--) {
    const entry = replayed[i]
    if (!entry) continue
    const plan = answered((intents) => planMigration(buildMigration(entry, intents, 14)))
    if (!plan.hazards.some((h) => hazards.get(h.code)?.strategy !== undefined)) continue
    left--
    const result = plan.refusals[0]
      ? `refused: ${plan.refusals[0].reason}`
      : await verdictOf(server, plan, history.migrations.slice(0, i), entry)
    const word = result.split(':')[0] ?? result
    counts[word] = (counts[word] ?? 0) + 1
    console.log(`${name} ${entry.id}\n  ${result}`)
  }
  return counts
}

async function verdictOf(
  server: Server,
  plan: Plan,
  history: readonly { id: string; text: string }[],
  entry: ReturnType<typeof replayHistory>[number],
): Promise<string> {
  try {
    const { before, after } = entry
    const verdict = await verifyPlan({ plan, history, server, before, after, replan: () => hazardsOfOutput(plan, before) })
    const broken = verdict.laws.filter((law) => law.status === 'broken')
    const held = verdict.laws.filter((law) => law.status === 'held').map((law) => law.law)
    return broken.length === 0
      ? `proved: laws ${held.join(', ')} held`
      : `broken: ${broken.map((law) => `law ${law.law} ${law.findings.join(' | ')}`).join('\n    ')}`
  } catch (error) {
    if (error instanceof UserError) return `not provable here: ${error.message.split('\n').slice(0, 2).join(' ')}`
    throw error
  }
}

const { folder, remove } = unpackCorpus(PROJECTS.filter((p) => !only || p.includes(only)))
const server = await startServer()
try {
  const totals: Record<string, Record<string, number>> = {}
  for (const entry of await histories(folder)) totals[entry.name] = await prove(server, entry)
  console.log(JSON.stringify(totals, null, 2))
} finally {
  await server.stop()
  remove()
}
