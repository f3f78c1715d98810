import path from 'node:path'
import { type Plan, planFolder, readScript, type SourceMigration, sameWork, stepHeader, undoSteps } from '@expand-contract/core'
import type { Project } from '../project/project.ts'
import { readIfThere } from '../read-if-there.ts'
import { bodyOf, type OwnMigration } from './own-migrations.ts'
import type { RepositoryStage } from './plan-state.ts'

const LOST = 'Its contract is lost: '
const RESTORE = 'Restore it from git, and put other SQL into a migration of its own.'

/** The sentence for a contract that is gone. */
export function lossOf(file: string): string {
  return `${LOST}${file} is not there, and nothing will write it again. Restore it from git.`
}

/** True for the sentence that says that a contract is lost. */
export function isLoss(anomaly: string): boolean {
  return anomaly.startsWith(LOST)
}

/** What is not as it should be with a plan, one sentence each. */
export async function anomaliesOf(project: Project, plan: Plan, own: readonly OwnMigration[], stage: RepositoryStage): Promise<string[]> {
  const { migrations } = project.history
  const after = migrations.indexOf(own.at(-1)?.migration as SourceMigration) + 1
  return [
    ...absent(plan, own),
    ...original(plan, migrations),
    ...doubled(plan, own),
    ...(stage === 'held' ? again(plan, migrations.slice(after)) : []),
    ...(await held(project, plan, own, stage)),
    ...(await disordered(project, own)),
    ...own.filter((o) => !o.isIntact).map(({ migration }) => `${migration.id} was edited and is not what plan.json says. ${RESTORE}`),
  ]
}

/** Migrations that the ORM's migrator would pass over in some databases. */
async function disordered({ adapter, history }: Project, own: readonly OwnMigration[]): Promise<string[]> {
  const found = (await adapter.outOfOrder?.(history)) ?? []
  return found.filter(({ id }) => own.some(({ migration }) => migration.id === id)).map(({ says }) => says)
}

/** Stages of which some migrations are there and some are not. */
function absent(plan: Plan, own: readonly OwnMigration[]): string[] {
  const [expand, contract] = plan.stages
  const back = [...new Set(undoSteps(plan).map(({ of }) => of))]
  const there = (steps: readonly { id: string }[], undo = false): number =>
    steps.filter((s) => own.some(({ header }) => header.undo === undo && header.step === s.id)).length
  const partly = (found: number, all: number, what: string): string[] =>
    found > 0 && found < all ? [`Only ${found} of the ${all} ${what} are among the migrations: restore the others from git.`] : []
  const missing = expand.steps.length - there(expand.steps)
  return [
    ...(missing > 0 && missing === expand.steps.length
      ? [
          'None of the migrations of its expand stage is in the history (squashed, reset, or never written): its contract fits nothing that the history shows.',
        ]
      : partly(expand.steps.length - missing, expand.steps.length, 'steps of its expand stage')),
    ...partly(there(contract.steps), contract.steps.length, 'steps of its contract'),
    ...partly(there(back, true), back.length, 'steps back'),
  ]
}

function original(plan: Plan, migrations: readonly SourceMigration[]): string[] {
  const isBack = plan.stages[0].steps.length > 0 && migrations.some((m) => m.id === plan.id && m.text === plan.source.sql)
  return isBack
    ? [`${plan.id} stands among the migrations again as the ORM wrote it, beside the plan that replaces it: remove one of the two.`]
    : []
}

/** The same step in two migrations: two branches have both released it. */
function doubled(plan: Plan, own: readonly OwnMigration[]): string[] {
  const back = undoSteps(plan)
  const names = [...new Set(own.map(({ header }) => `${header.undo ? 'undo of ' : ''}${header.step}`))]
  return names.flatMap((name) => {
    const all = own.filter(({ header }) => `${header.undo ? 'undo of ' : ''}${header.step}` === name).map((o) => o.migration.id)
    // A step back may be two migrations.
    const usual = Math.max(1, back.filter(({ of }) => `undo of ${of.id}` === name).length)
    return all.length > usual
      ? [`Step ${name} stands among the migrations ${all.length} times (${all.join(', ')}): remove those that no database has applied.`]
      : []
  })
}

/** Migrations of others that do what the contract holds. */
function again(plan: Plan, migrations: readonly SourceMigration[]): string[] {
  const statements = plan.stages[1].steps.flatMap((step) => (step.kind === 'ddl' ? step.sql : []))
  return migrations
    .filter(({ text }) => !stepHeader(text))
    .flatMap(({ id, text }) =>
      sameWork(readScript(text), statements).map(
        ({ line, sql }) =>
          `${id} (line ${line}) does what the held contract does: ${sql.split('\n')[0]}. The later of the two will fail. Take it out: npx expand-contract rewrite ${id}`,
      ),
    )
}

/** The files under expand-contract/: what must be there and what must not be there any more. */
async function held({ layout }: Project, plan: Plan, own: readonly OwnMigration[], stage: RepositoryStage): Promise<string[]> {
  const sentences = planFolder(plan, { held: '', undone: '' }).map(async ([name, text]): Promise<string[]> => {
    if (!name.startsWith('contract/') && name !== 'original.sql') return []
    const shown = `expand-contract/${plan.id}/${name}`
    const there = (await readIfThere(path.join(layout.plans, plan.id, name)))?.toString('utf8')
    if (name === 'original.sql')
      return there === text || there?.replaceAll('\r\n', '\n') === text ? [] : [`${shown} is not what plan.json says. ${RESTORE}`]
    const isReleased = own.some(({ header }) => !header.undo && header.step === path.basename(name, '.sql'))
    if (isReleased || stage === 'undone') {
      return there === undefined ? [] : [`${shown} is still there although the plan is ${stage}: remove it, so that it is not run again.`]
    }
    if (there === undefined) return [lossOf(shown)]
    return bodyOf(there) === bodyOf(text) ? [] : [`${shown} was edited and is not what plan.json says. ${RESTORE}`]
  })
  return (await Promise.all(sentences)).flat()
}
