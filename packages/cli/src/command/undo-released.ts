import { type Catalog, type Intent, namesTable, type Plan, schemaAfter, UserError } from '@expand-contract/core'
import { flagOf, shell } from '../flags/answers.ts'
import { historyBefore } from '../plan/emitted.ts'
import type { Project } from '../project/project.ts'
import type { Context } from './context.ts'
import { writeStage } from './write-stage.ts'

/**
 * After the contract there is no way back, only a change like any other, forward: the ORM writes it, `rewrite` makes it safe, with the data that live on. Takes the ORM's schema back
 * where that can be done by machine. Throws {@link UserError} with the way to go where it can't.
 */
export async function undoReleased(
  plan: Plan,
  project: Project,
  context: Context,
  flags: { readonly dryRun?: true; readonly yes?: true },
): Promise<number> {
  const { adapter, layout, history } = project
  const { restage } = adapter
  const before = await historyBefore(plan, history)
  const was = schemaAfter(before)
  const then = commands(plan, was, adapter.id)
  if (!restage) throw new UserError([situation(plan), 'Change the schema to what you want back, and then:', ...then].join('\n'))
  const is = schemaAfter([...before, { id: plan.id, text: plan.source.meant ?? plan.source.sql }])
  const staged = await restage(layout, { plan: plan.id, is, wanted: was, shows: is }, [])
  context.io.out(`${situation(plan)}\n`)
  // Run again, it finds the schema as it left it.
  const { edits, unsaid } = staged.edits.length === 0 ? { edits: [], unsaid: [] } : staged
  return writeStage({ edits, unsaid }, context, flags, {
    ask: 'Is the schema to say again what it said before the change?',
    next: [
      `The schema says what it said before ${plan.id}; fields that came back have the names of their columns: compare it with the one before the change (git diff). Then:`,
      ...then,
    ],
  })
}

/** What is gone and what lives on. */
function situation(plan: Plan): string {
  const lives = plan.syncs
    .filter((s) => s.old !== s.new || s.oldTable !== undefined)
    .map((s) => `the data of ${s.old} lives on in ${s.new} of ${s.table.replaceAll('"', '')}`)
  const gone = reasons(plan)
  return [
    `The contract of ${plan.id} is released, so the way back is a migration that changes the schema once more, forward. (Where no database has applied the contract yet, take its commit back instead: git revert.)`,
    ...(gone.length > 0 ? [`What its steps say: ${gone.join(' ')}`] : []),
    ...(lives.length > 0 ? [`Nothing is lost of these: ${lives.join('; ')}.`] : []),
    `What deploy --keep set aside comes back when its columns and tables are there again: npx expand-contract restore ${shell(plan.id)}`,
  ].join('\n')
}

function commands(plan: Plan, was: Catalog, adapter: string): string[] {
  const generate = adapter === 'prisma' ? 'npx prisma migrate dev --create-only' : 'npx drizzle-kit generate'
  return [`  ${generate}`, `  ${['npx expand-contract rewrite', ...answersBack(plan, was).map(flagOf)].join(' ')}`]
}

/** What is known of the questions that the way back raises: columns that moved move back, new ones go, and what filled one fills it for whoever reads it last. */
function answersBack({ syncs, intents }: Plan, was: Catalog): Intent[] {
  const moved = syncs.filter((s) => s.old !== s.new && s.oldTable === undefined)
  const fills = intents.filter((i) => i.kind === 'fill')
  const isNew = ({ table, column }: { table: string; column: string }): boolean =>
    ![...was.tables].some(([key, t]) => namesTable(table, key) && t.columns.some((c) => c.name === column))
  return [
    ...moved.map((s): Intent => ({ kind: 'rename', table: s.table.replaceAll('"', ''), column: s.new, to: s.old })),
    ...fills,
    ...fills.filter(isNew).map(({ table, column }): Intent => ({ kind: 'drop', table, column })),
  ]
}

/** Why steps have no undo, in their own words. */
export function reasons(plan: Plan): string[] {
  return [...new Set(plan.stages.flatMap((s) => s.steps).flatMap(({ undo }) => ('irreversible' in undo ? [undo.irreversible] : [])))]
}
