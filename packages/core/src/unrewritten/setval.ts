import type { PgNode } from '../sql/parser.ts'
import { strings } from '../sql/relation.ts'
import { type Finding, plainly } from './finding.ts'
import { KINDS } from './kinds.ts'

/** `SELECT setval('s', (SELECT max(id) FROM t), false)`, as Drizzle Kit v1 prints it for a serial column that becomes an identity. */
export function repeatedNumbers(select: PgNode): Finding[] {
  const targets = (select.targetList ?? []) as PgNode[]
  return targets.flatMap(({ ResTarget: target }) => {
    const call = target?.val?.FuncCall
    if (!call || strings(call.funcname).at(-1) !== 'setval') return []
    const [sequence, number, isCalled] = (call.args ?? []) as PgNode[]
    if (!isFalse(isCalled) || !names(number, 'max') || has(number, 'A_Expr')) return []
    return [plainly(KINDS.setvalRepeats, nameOf(sequence))]
  })
}

/** False as a constant. */
function isFalse(node: PgNode | undefined): boolean {
  return node?.A_Const?.boolval !== undefined && node.A_Const.boolval.boolval !== true
}

function names(node: unknown, name: string): boolean {
  return some(node, (n) => n.FuncCall !== undefined && strings(n.FuncCall.funcname).at(-1) === name)
}

function has(node: unknown, tag: string): boolean {
  return some(node, (n) => n[tag] !== undefined)
}

function some(node: unknown, test: (node: PgNode) => boolean): boolean {
  if (typeof node !== 'object' || node === null) return false
  return test(node as PgNode) || Object.values(node).some((inner) => some(inner, test))
}

function nameOf(sequence: PgNode | undefined): string {
  const text = sequence?.TypeCast?.arg ?? sequence
  return text?.A_Const?.sval?.sval ?? 'setval'
}
