import type { Intent, Question } from '@expand-contract/core'
import { expressionProblem } from '../flags/answers.ts'
import { ask, dropMeans, mapMeans, renameMeans, valueMeans } from '../report/questions-text.ts'
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
  const { table, column } = question
  if (question.kind === 'fill') {
    const value = await prompts.text(ask(question), question.suggestion, expressionProblem)
    return { kind: 'fill', table, column, with: value.trim() }
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
