import type { Question } from '@expand-contract/core'
import { flagOf, shell } from '../flags/answers.ts'
import { count, type Style, sentence, wrap } from './style.ts'

/** The open questions with the flags that answer each, ready to paste. */
export function questionsText(questions: readonly Question[], migration: string, style: Style): string {
  const head = wrap(
    `${count(questions.length, 'question')} that only a person can answer. Run the command again with one flag for each:`,
    style.width,
  )
  return [head, ...questions.map((q) => questionText(q, style)), `  npx expand-contract rewrite ${shell(migration)} <flags>`].join('\n\n')
}

function questionText(question: Question, { paint, width }: Style): string {
  const flags = answersTo(question).map(({ flag, means }) => `  ${paint.cyan(flag)}\n${wrap(means, width, '      ')}`)
  return [wrap(paint.bold(ask(question)), width), ...flags].join('\n')
}

/** The question in one sentence. */
export function ask(question: Question): string {
  if (question.kind === 'value')
    return `'${question.value}' is removed from ${question.type}. Which value takes its place, in rows that hold it and for code that still writes it?`
  if (question.kind === 'rename-table') {
    const made = question.candidates.join(', ')
    return `${question.table} is dropped while ${made} ${question.candidates.length === 1 ? 'is' : 'are'} made. What becomes of ${question.table}?`
  }
  const on = `${question.table}.${question.column}`
  if (question.kind === 'fill') return `What fills ${on} (${question.type})? ${sentence(question.why)}`
  if (question.kind === 'convert') return `How does ${on} become ${question.type} from ${question.from}? ${sentence(question.why)}`
  const names =
    question.kind === 'move' ? question.candidates.map((c) => `${c.table}.${c.column}`).join(', ') : question.candidates.join(', ')
  return `${on} is dropped while ${names} ${question.candidates.length === 1 ? 'is' : 'are'} added. What becomes of ${on}?`
}

/** The flags that answer a question and what each means. */
export function answersTo(question: Question): { flag: string; means: string }[] {
  if (question.kind === 'value') {
    const { type, value } = question
    return question.candidates.map((to) => ({ flag: flagOf({ kind: 'value', type, value, to }), means: valueMeans(value, to) }))
  }
  if (question.kind === 'rename-table') {
    const { table } = question
    return [
      ...question.candidates.map((to) => ({ flag: flagOf({ kind: 'rename-table', table, to }), means: renameTableMeans(table, to) })),
      { flag: flagOf({ kind: 'drop-table', table }), means: dropTableMeans(table) },
    ]
  }
  const { table, column } = question
  if (question.kind === 'fill') {
    const value = question.suggestion ?? '<SQL expression>'
    return [
      {
        flag: flagOf({ kind: 'fill', table, column, with: value }),
        means: 'Any SQL expression over the row, such as a value in single quotes, now(), or lower("email").',
      },
    ]
  }
  if (question.kind === 'convert') {
    const value = question.suggestion ?? '<SQL expression>'
    return [
      { flag: flagOf({ kind: 'convert', table, column, with: value }), means: convertMeans(column) },
      ...(question.canDrop
        ? [{ flag: flagOf({ kind: 'drop', table, column }), means: `The data goes: ${column} starts empty, or with its default.` }]
        : []),
    ]
  }
  if (question.kind === 'move') {
    return [
      ...question.candidates.map(({ table: into, column: to }) => ({
        flag: flagOf({ kind: 'move', table, column, into, to }),
        means: moveMeans(column, into, to),
      })),
      { flag: flagOf({ kind: 'drop', table, column }), means: dropMeans(column) },
    ]
  }
  return [
    ...question.candidates.flatMap((to) => [
      { flag: flagOf({ kind: 'rename', table, column, to }), means: renameMeans(column, to) },
      { flag: flagOf({ kind: 'map', table, column, to }), means: mapMeans(column, to) },
    ]),
    { flag: flagOf({ kind: 'drop', table, column }), means: dropMeans(column) },
  ]
}

/** What choosing a value that takes the place of another means. */
export function valueMeans(value: string, to: string): string {
  return `Every '${value}' becomes '${to}', in old rows and in what code that still knows it writes.`
}

/** What giving a conversion means. */
export function convertMeans(column: string): string {
  return `Any SQL expression over the row: the value that takes the place of ${column}. Values that it fails on are shown before anything is changed.`
}

/** What choosing a rename means. */
export function renameMeans(column: string, to: string): string {
  return `${column} is renamed to ${to}: its data moves, both columns are kept in step until no code uses ${column}.`
}

/** What choosing the mapping means. */
export function mapMeans(column: string, to: string): string {
  return `Only the code says ${to}; the column in the database stays ${column}, and the ORM's schema maps the one to the other. Nothing runs on the database.`
}

/** What choosing the move to another table means. */
export function moveMeans(column: string, table: string, to: string): string {
  return `${column} moves to ${table}.${to}: its data is copied, and ${table} follows until no code uses ${column}; new code goes out with the contract.`
}

/** What choosing the drop means. */
export function dropMeans(column: string): string {
  return `${column} really goes, with its data, when no code uses it any more.`
}

/** What choosing the rename of a table means. */
export function renameTableMeans(table: string, to: string): string {
  return `${table} is renamed to ${to} and keeps its rows; until the contract code finds it under both names.`
}

/** What choosing the drop of a table means. */
export function dropTableMeans(table: string): string {
  return `${table} really goes, with its rows, when no code uses it any more.`
}
