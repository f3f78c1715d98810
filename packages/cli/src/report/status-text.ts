import type { PlanState } from '../plan/plan-state.ts'
import { count, type Style, wrap } from './style.ts'

/** A plan's state as it is shown. */
export interface ShownState extends PlanState {
  /** The project's folder. */
  readonly project: string
  /** How far it is in the database that was asked. */
  readonly database?: string
}

const WORDS: Readonly<Record<PlanState['stage'], string>> = {
  held: 'expanded, the contract is held',
  released: 'the contract is released',
  undone: 'undone',
  complete: 'complete, it has no contract',
  broken: 'broken',
}

/** Each plan on a line, with what is wrong with it below. */
export function statusText(states: readonly ShownState[], { paint, width }: Style): string {
  if (states.length === 0) return 'There is no plan yet. Make one: npx expand-contract rewrite\n'
  const lines = states.map(({ id, stage, anomalies, database }) => {
    const sign = anomalies.length > 0 ? paint.red('✗') : stage === 'held' ? paint.yellow('…') : paint.green('✓')
    const head = `${sign} ${id}  ${paint.dim(WORDS[stage])}${database === undefined ? '' : paint.dim(`; in the database: ${database}`)}`
    return [head, ...anomalies.map((text) => wrap(text, width, '    '))].join('\n')
  })
  const held = states.filter((s) => s.stage === 'held' && s.anomalies.length === 0)
  const next = held.map(({ id }) => `  npx expand-contract contract ${id}`)
  const what =
    held.length > 0
      ? `\n\n${count(held.length, 'contract waits', 'contracts wait')} until no code that uses the old form runs. Then:\n${next.join('\n')}`
      : ''
  return `${lines.join('\n')}${what}\n`
}
