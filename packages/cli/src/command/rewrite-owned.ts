import {
  type Plan,
  readScript,
  type SourceMigration,
  type Statement,
  sameWork,
  schemaAfter,
  stepHeader,
  withoutStatements,
} from '@expand-contract/core'
import { planIds, readPlan } from '../plan/plan-files.ts'
import { planState } from '../plan/plan-state.ts'
import { together } from '../plan/stage.ts'
import type { Picked } from '../project/pick.ts'
import type { Project } from '../project/project.ts'
import { wrap } from '../report/style.ts'
import type { Context } from './context.ts'
import { writeStage } from './write-stage.ts'

/** Statements of a migration that a held contract does already. */
interface Owned {
  readonly plan: Plan
  readonly statements: readonly Statement[]
}

/**
 * Takes out of a migration what the ORM wrote again although a held contract does it, and puts back into the schema what has yet to leave. Undefined where there is nothing of the kind,
 * else the exit code.
 */
export async function takeOutOwned(
  { project, index }: Picked,
  flags: { readonly dryRun?: true; readonly yes?: true },
  context: Context,
): Promise<number | undefined> {
  const { migrations } = project.history
  const source = migrations[index]
  const [owned] = source ? await ownedIn(project, source) : []
  if (!source || !owned) return undefined
  const { plan, statements } = owned
  const text = withoutStatements(source.text, statements, `Held in the contract of ${plan.id} already.`)
  const cut = migrations.map((m) => (m === source ? { ...m, text } : m))
  const what = statements.map((s) => `  ${s.sql.split('\n')[0]}`).join('\n')
  const { io, style } = context
  io.out(
    `${wrap(`The held contract of ${plan.id} does this already, so it is taken out of ${source.id}; run twice it would fail:\n${what}`, style.width)}\n`,
  )
  const staged = await together(project, { plan: plan.id, is: schemaAfter(migrations), wanted: schemaAfter(cut) }, [
    { path: source.path, content: text },
  ])
  const rest = readScript(text).statements.length
  return writeStage(staged, context, flags, {
    ask: 'Take it out?',
    next: [
      rest > 0 ? 'Run npx expand-contract rewrite again for what is left.' : `Nothing is left in ${source.id}: it runs, and does nothing.`,
    ],
  })
}

async function ownedIn(project: Project, source: SourceMigration): Promise<Owned[]> {
  if (stepHeader(source.text)) return []
  const found: Owned[] = []
  for (const id of await planIds(project.layout)) {
    const plan = await readPlan(project.layout, id)
    const sql = plan.stages[1].steps.flatMap((step) => (step.kind === 'ddl' ? step.sql : []))
    const statements = sameWork(readScript(source.text), sql)
    if (statements.length > 0 && (await planState(project, plan)).stage === 'held') found.push({ plan, statements })
  }
  return found
}
