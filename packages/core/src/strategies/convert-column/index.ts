import { namesMoment, volatility } from '../../facts/volatility.ts'
import type { Migration } from '../../migration.ts'
import type { Refusal } from '../../plan/plan.ts'
import { type TypeGroup, typeGroupOf } from '../../retype/group.ts'
import { obstacleTo } from '../../retype/obstacle.ts'
import { askConversion } from '../../retype/question.ts'
import { readAlike } from '../../retype/reading.ts'
import type { Retyped } from '../../retype/retyped.ts'
import { cantChange } from '../../retype/words.ts'
import { parseExpression } from '../../sql/expression.ts'
import { displayColumn } from '../../sql/relation.ts'
import type { Outcome, Strategy } from '../../strategy.ts'
import { typeHazards } from '../change-column-type/hazards.ts'
import { convertGroup } from './steps.ts'

/** A type that not every old value has its place in, or that old and new code read differently: parallel columns, swapped in the contract. */
export const strategy: Strategy = {
  id: 'convert-column',
  summary: 'Gives a column a type that the old code does not read, or that not every value fits, without rewriting the table under a lock.',
  hazards: [],
  retypes: true,
  rewrite(statement, migration) {
    const group = typeGroupOf(statement, migration)
    return group && !group.isShared && group.claims[0] === statement.index ? converted(group, migration) : undefined
  },
}

function converted(group: TypeGroup, migration: Migration): Outcome {
  const hazards = typeHazards(group)
  for (const column of group.columns) {
    const blocked = obstacleTo(column, migration, false)
    if (blocked !== undefined) return { hazards, ...cantChange(group, column, blocked) }
    const changing = column.using !== undefined && changingPart(column.using, migration)
    if (changing) return { hazards, ...cantChange(group, column, `${column.using} gives another value ${changing}`), fix: ROW_ONLY }
    const question = zoneQuestion(column)
    if (question) return { hazards, ...cantChange(group, column, ''), ...question }
  }
  const steps = convertGroup(group, migration)
  if ('reason' in steps) return { hazards, ...cantChange(group, group.columns[0] as Retyped, steps.reason) }
  const waits = group.columns.filter((c) => !readAlike(c.old.type, c.next.type) || c.using !== undefined)
  return {
    claims: group.claims,
    hazards,
    ...steps,
    after: group.last,
    ...(waits.length > 0 && { newCodeWaits: waits.map(waitsFor) }),
  }
}

const ROW_ONLY =
  "Say how the value comes from the row alone, by USING or --convert: a fixed moment such as timestamp '2026-01-01' instead of now(), a value worked out of other columns instead of a random one."

/** The old rows are converted at one time, those that are written at others, and both are proved later: what else than the row decides, in words. */
function changingPart(using: string, migration: Migration): string | undefined {
  const expression = parseExpression(using)
  if (volatility(expression, migration.before, migration.postgres) === 'volatile') return 'each time'
  return namesMoment(expression) ? 'in each transaction' : undefined
}

const ZONED = /^(timestamp|time)(\(\d\))? with time zone$/
const UNZONED = /^(date|text|character varying.*|(timestamp|time)(\(\d\))? without time zone)$/

/** Which moment a time without a zone means, and how late it was where, PostgreSQL takes from the session: each has its own. */
function zoneQuestion({ table, old, next, using }: Retyped): Pick<Refusal, 'reason' | 'fix' | 'question'> | undefined {
  const crosses = (ZONED.test(old.type) && UNZONED.test(next.type)) || (UNZONED.test(old.type) && ZONED.test(next.type))
  if (using !== undefined || !crosses) return undefined
  return askConversion(table, old, next, { why: 'without a word about the time zone each session would convert by its own' })
}

function waitsFor({ table, name, old, next }: Retyped): string {
  return `${displayColumn(table, name)} is ${old.type} until the contract, and ${next.type} from then on: code that needs the new type goes out with the contract, when no old code runs any more.`
}
