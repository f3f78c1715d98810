import { type Allowance, allowancesOf, type BrokenAllowance, hazards, type Plan, type Script } from '@expand-contract/core'
import type { Loss } from '../project/project.ts'
import { didYouMean } from './nearest.ts'

/** A finding that is no hazard of the SQL. */
export interface Problem {
  readonly code: string
  /** 1-based. */
  readonly line: number
  readonly column: number
  readonly on: string
  readonly what: string
  readonly fix: string
  /** Worth a word, no finding. */
  readonly notice?: true
}

const EXAMPLE = '-- expand-contract: allow <hazard> because <reason>'

/** Comments that were meant to allow something and don't: none of them silences anything. */
export function allowanceProblems(script: Script, plan: Pick<Plan, 'hazards' | 'allowed'>): Problem[] {
  const { given, broken } = allowancesOf(script)
  return [...broken.map(brokenProblem), ...given.flatMap((allowance) => idleCodes(allowance, script, plan))]
}

function brokenProblem({ line, column, problem, text }: BrokenAllowance): Problem {
  const at = { line, column, on: text === '' ? 'expand-contract:' : text }
  switch (problem) {
    case 'no reason':
      return {
        ...at,
        code: 'allow-without-reason',
        what: 'This comment allows nothing: it does not say why. Whoever reads it next year has to know whether it still holds.',
        fix: `Say why: -- expand-contract: ${text.replace(/\s*\bbecause\b.*$/is, '')} because <reason>`,
      }
    case 'no hazard':
      return { ...at, code: 'allow-not-understood', what: 'This comment allows nothing: it names no hazard.', fix: `Name one: ${EXAMPLE}` }
    case 'not understood':
      return {
        ...at,
        code: 'allow-not-understood',
        what: 'This comment is addressed to expand-contract and can not be read.',
        fix: `The form is: ${EXAMPLE} (several hazards with commas; allow-file instead of allow for the whole file). Or leave out the colon.`,
      }
  }
}

function idleCodes(allowance: Allowance, script: Script, { hazards: left, allowed = [] }: Pick<Plan, 'hazards' | 'allowed'>): Problem[] {
  const { line, column, covers } = allowance
  return allowance.codes.flatMap((code): Problem[] => {
    if (!hazards.has(code)) {
      return [
        {
          code: 'allow-unknown-hazard',
          line,
          column,
          on: code,
          what: `There is no hazard "${code}", so nothing is allowed by that name.${didYouMean(code, [...hazards.keys()])}`,
          fix: 'All of them: npx expand-contract explain',
        },
      ]
    }
    if (allowed.some((h) => h.allowedOn === line && h.code === code)) return []
    const here = left.filter((h) => covers === 'file' || covers.some((i) => isAt(script, i, h.line, h.column)))
    if (here.some((h) => h.code === code)) {
      const others = [...new Set(here.map((h) => h.code))].filter((c) => !allowance.codes.includes(c))
      return [
        {
          code: 'allow-in-part',
          line,
          column,
          on: code,
          what: `The statement has ${others.length === 1 ? 'another hazard' : 'other hazards'} too, so it is not copied as it is and nothing is allowed: ${others.join(', ')}.`,
          fix: `Allow all or none: -- expand-contract: allow ${[...allowance.codes, ...others].join(', ')} because ${allowance.reason}`,
        },
      ]
    }
    const nowhere = covers !== 'file' && covers.length === 0
    return [
      {
        code: 'allow-unused',
        line,
        column,
        on: code,
        what: nowhere
          ? 'No statement stands behind this comment, so it allows nothing.'
          : `There is no such hazard ${covers === 'file' ? 'in this file' : 'in the statement that this comment stands at'}, so it allows nothing.`,
        fix: 'Remove it, or put it on the line before the statement or at the end of its line.',
        notice: true,
      },
    ]
  })
}

function isAt({ statements }: Script, index: number, line: number, column: number): boolean {
  const statement = statements[index]
  return statement !== undefined && statement.line === line && statement.column === column
}

/** What the ORM has recorded as done and the SQL does not do, at the statement that renames the column. */
export function lossProblems({ statements }: Script, losses: readonly Loss[]): Problem[] {
  return losses.map(({ on, column, what, fix }) => {
    const rename = statements.find((s) => s.node.RenameStmt?.newname === column)
    return { code: 'snapshot-ahead-of-sql', line: rename?.line ?? 1, column: rename?.column ?? 1, on, what, fix }
  })
}
