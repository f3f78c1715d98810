import type { Placed } from '../allow/allowed.ts'
import type { Migration } from '../migration.ts'
import type { Refusal } from '../plan/plan.ts'
import { isRefusal } from '../strategy.ts'
import type { Statement } from './statement.ts'

/**
 * Statements of a DO block that hold hazards are refused together: the block is not taken apart, unless the statement is all that it does. The outcomes with one refusal in
 * the place of all those that lie in one block.
 */
export function wholeBlocks(outcomes: readonly Placed[], { script }: Migration): readonly Placed[] {
  const blockOf = (index: number): Statement | undefined => {
    const within = script.statements[index]?.within
    return within?.alone ? undefined : within?.block
  }
  const blocks = new Set(outcomes.flatMap(({ outcome }) => outcome.claims.flatMap((i) => blockOf(i) ?? [])))
  if (blocks.size === 0) return outcomes
  const inBlocks = outcomes.filter(({ outcome }) => outcome.claims.some((i) => blockOf(i)))
  const refused = [...blocks].map((block): Placed => {
    const own = script.statements.filter((s) => s.within?.block === block || s.span.start === block.span.start).map((s) => s.index)
    const inside = inBlocks.filter(({ outcome }) => outcome.claims.map(blockOf).find((b) => b !== undefined) === block)
    return { anchor: own[0] ?? 0, outcome: refuse(block, own, inside) }
  })
  return [...outcomes.filter((o) => !inBlocks.includes(o)), ...refused]
}

function refuse(block: Statement, own: readonly number[], inside: readonly Placed[]): Refusal {
  const hazards = inside.flatMap(({ outcome }) => outcome.hazards)
  const refusal = inside.map(({ outcome }) => outcome).find(isRefusal)
  return {
    claims: [...new Set([...own, ...inside.flatMap(({ outcome }) => outcome.claims)])].sort((a, b) => a - b),
    hazards,
    line: hazards[0]?.line ?? block.line,
    reason: refusal?.reason ?? 'The statement stands in a DO block that does more than this, and a block is not taken apart.',
    fix:
      refusal && !refusal.question
        ? refusal.fix
        : 'Write the statements of the block into the file itself, without DO: then each is rewritten.',
  }
}

/** Statements that nothing claims, as they are copied: of a DO block the whole block, once. */
export function copiesOf({ script }: Migration, claimed: ReadonlySet<number>): Statement[] {
  const blocks = new Set<Statement>()
  return script.statements.flatMap((statement): Statement[] => {
    if (claimed.has(statement.index)) return []
    const block = statement.within?.block ?? statement
    if (blocks.has(block)) return []
    blocks.add(block)
    return [statement.within ? { ...block, index: statement.index } : statement]
  })
}
