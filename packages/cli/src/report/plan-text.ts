import { displayTable, type Plan, type Stage, type Step } from '@expand-contract/core'
import { count, type Style, wrap } from './style.ts'

const INDENT = '     '

/** The plan for people: its stages, and of each step what it does, under which lock and limits, and why that is safe. */
export function planText(plan: Plan, style: Style): string {
  const maps = plan.maps.map(
    (m) => `The field of ${m.table}.${m.column} is called ${m.to} in the code and keeps its column in the database: no SQL runs for it.`,
  )
  const others = plan.alternatives.map((other) => wrap(`${style.paint.bold('or')}  ${other}`, style.width))
  return [
    ...maps.map((m) => wrap(m, style.width)),
    ...(plan.newCodeWaits ?? []).map((w) => wrap(`${style.paint.bold('deploy')}  ${w}`, style.width)),
    ...plan.stages.filter(hasSteps).map((stage) => stageText(stage, style)),
    ...others,
  ].join('\n\n')
}

function hasSteps(stage: Stage): boolean {
  return stage.steps.length > 0
}

function stageText(stage: Stage, style: Style): string {
  const { paint } = style
  const head = `${paint.bold(stage.name)}  ${paint.dim(stage.opensWhen)}`
  return [head, ...stage.steps.map((step) => stepText(step, style))].join('\n')
}

function stepText(step: Step, { paint, width }: Style): string {
  const [number = ''] = step.id.split('-')
  return [
    ` ${paint.green(number.padStart(3))} ${step.title}`,
    wrap(paint.yellow(manner(step)), width, INDENT),
    wrap(paint.dim(step.why), width, INDENT),
  ].join('\n')
}

/** How the step runs, in one line: locks by table, timeouts, transaction. */
export function manner(step: Step): string {
  switch (step.kind) {
    case 'backfill':
      return `batches of rows of ${step.table}, each in its own transaction: ${step.set.map((s) => s.column).join(', ')}`
    case 'check':
      return 'reads only; stops here where a row is found'
    case 'ddl': {
      const locks = step.locks.map((l) => `${l.mode} on ${displayTable(l.table)}`)
      const limits = [
        ...(step.lockTimeout > 0 ? [`waits at most ${duration(step.lockTimeout)} for a lock`] : []),
        ...(step.statementTimeout > 0 ? [`runs at most ${duration(step.statementTimeout)}`] : ['runs as long as the table needs']),
      ]
      const transaction =
        step.transaction === 'alone' ? 'outside a transaction' : `${count(step.sql.length, 'statement')} in one transaction`
      return [locks.length > 0 ? locks.join(', ') : 'no lock on an existing table', ...limits, transaction].join('; ')
    }
  }
}

function duration(ms: number): string {
  return ms % 1000 === 0 ? `${ms / 1000} s` : `${ms} ms`
}
