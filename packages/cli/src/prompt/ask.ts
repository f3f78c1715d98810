import type { Intent, Question } from '@expand-contract/core'
import { expressionProblem } from '../flags/answers.ts'
import {
  ask,
  convertMeans,
  dropMeans,
  dropTableMeans,
  mapMeans,
  moveMeans,
  renameMeans,
  renameTableMeans,
  valueMeans,
} from '../report/questions-text.ts'
import type { Choice, Prompts } from './prompts.ts'

/** Asks one question. Throws `Cancelled` at Ctrl-C. */
export async function askQuestion(question: Question, prompts: Prompts): Promise<Intent> {
  if (question.kind === 'value') {
    const { type, value } = question
    return prompts.select<Intent>(
      ask(question),
      question.candidates.map(
        (to): Choice<Intent> => ({ value: { kind: 'value', type, value, to }, label: to, hint: valueMeans(value, to) }),
      ),
    )
  }
  if (question.kind === 'rename-table') {
    const { table } = question
    return prompts.select<Intent>(ask(question), [
      ...question.candidates.map(
        (to): Choice<Intent> => ({
          value: { kind: 'rename-table', table, to },
          label: `Renamed to ${to}`,
          hint: renameTableMeans(table, to),
        }),
      ),
      { value: { kind: 'drop-table', table }, label: 'Really dropped', hint: dropTableMeans(table) },
    ])
  }
  const { table, column } = question
  if (question.kind === 'fill') {
    const value = await prompts.text(ask(question), question.suggestion, expressionProblem)
    return { kind: 'fill', table, column, with: value.trim() }
  }
  if (question.kind === 'convert') return askConversion(question, prompts)
  if (question.kind === 'move') {
    return prompts.select<Intent>(ask(question), [
      ...question.candidates.map(
        ({ table: into, column: to }): Choice<Intent> => ({
          value: { kind: 'move', table, column, into, to },
          label: `Moved to ${into}.${to}`,
          hint: moveMeans(column, into, to),
        }),
      ),
      { value: { kind: 'drop', table, column }, label: 'Really dropped', hint: dropMeans(column) },
    ])
  }
  const choices = question.candidates.flatMap((to): Choice<Intent>[] => [
    { value: { kind: 'rename', table, column, to }, label: `Renamed to ${to}`, hint: renameMeans(column, to) },
    { value: { kind: 'map', table, column, to }, label: `Renamed to ${to} in the code only`, hint: mapMeans(column, to) },
  ])
  return prompts.select<Intent>(ask(question), [
    ...choices,
    { value: { kind: 'drop', table, column }, label: 'Really dropped', hint: dropMeans(column) },
  ])
}

async function askConversion(question: Extract<Question, { kind: 'convert' }>, prompts: Prompts): Promise<Intent> {
  const { table, column, canDrop } = question
  const goes: Choice<'drop' | 'convert'>[] = [
    { value: 'convert', label: 'Its values are converted', hint: convertMeans(column) },
    { value: 'drop', label: 'The data goes', hint: `${column} starts empty, or with its default.` },
  ]
  const fate = canDrop ? await prompts.select(ask(question), goes) : 'convert'
  if (fate === 'drop') return { kind: 'drop', table, column }
  const value = await prompts.text(ask(question), question.suggestion, expressionProblem)
  return { kind: 'convert', table, column, with: value.trim() }
}
