import { parseStatement, SqlSyntaxError, untag } from '../sql/parser.ts'
import type { Ddl, Step } from './plan.ts'
import { backfillSql, checkSql } from './render.ts'

/** Columns at which header comments are wrapped. */
const WIDTH = 120

/**
 * One step as a SQL file that any client can send whole, in which nothing outlives the step: an atomic group is BEGIN … COMMIT with its timeouts set
 * LOCAL; a statement that can't run in a transaction, a backfill and a check are the file's only statement. `notes` are lines of the header comment.
 */
export function stepFile(step: Step, notes: readonly string[]): string {
  return `${comment(notes)}\n${stepSql(step)}`
}

/** The SQL of one step, without header: see {@link stepFile}. */
export function stepSql(step: Step): string {
  switch (step.kind) {
    case 'backfill':
      return `${backfillSql(step)};\n`
    case 'check':
      return `${checkSql(step)};\n`
    case 'ddl':
      return ddlSql(step)
  }
}

/** The usual first lines of a step's file: which plan, which step, what it does, why it is safe. */
export function stepNotes(step: Step, planId: string): string[] {
  return [`expand-contract ${planId}, step ${step.id}`, step.title, step.why]
}

/**
 * Statements as one script. `alone`: the one statement and nothing else. Otherwise a transaction whose timeouts (ms, 0: none) end with it, so that the next
 * script on the connection runs with its own; statements that open their own transaction are left as they are.
 */
export function transactionSql(
  sql: readonly string[],
  options: { readonly alone?: boolean; readonly lockTimeout: number; readonly statementTimeout: number },
): string {
  if (options.alone || sql.length === 0 || sql.some(isTransactionControl)) return sql.map(terminated).join('')
  const timeouts = [
    ...(options.lockTimeout > 0 ? [`SET LOCAL lock_timeout = '${options.lockTimeout}ms';\n`] : []),
    ...(options.statementTimeout > 0 ? [`SET LOCAL statement_timeout = '${options.statementTimeout}ms';\n`] : []),
  ]
  return ['BEGIN;\n', ...timeouts, ...sql.map(terminated), 'COMMIT;\n'].join('')
}

function ddlSql(step: Ddl): string {
  return transactionSql(step.sql, { ...step, alone: step.transaction === 'alone' })
}

/** A source slice may end in a line comment: the semicolon then goes to the next line. */
export function terminated(sql: string): string {
  const last = sql.slice(sql.lastIndexOf('\n') + 1)
  return `${sql}${last.includes('--') ? '\n' : ''};\n`
}

function isTransactionControl(sql: string): boolean {
  try {
    return untag(parseStatement(sql))[0] === 'TransactionStmt'
  } catch (error) {
    if (error instanceof SqlSyntaxError) return false
    throw error
  }
}

/** Line comments, wrapped. Names of the user may hold line breaks; a semicolon would cut the comment in two for tools that split at it. */
export function comment(notes: readonly string[]): string {
  return notes.flatMap((note) => wrapped(note.replaceAll(/\s+/g, ' ').replaceAll(';', ',').trim())).join('\n')
}

function wrapped(text: string): string[] {
  const lines: string[] = []
  let line = '--'
  for (const word of text.split(' ')) {
    if (line.length + 1 + word.length > WIDTH && line !== '--') {
      lines.push(line)
      line = '--  '
    }
    line += ` ${word}`
  }
  return [...lines, line]
}
