import { type PgNode, sameTree, untag } from '../sql/parser.ts'
import { readScript } from '../sql/read.ts'
import type { Script, Statement } from '../sql/statement.ts'

/** The statements of a script that do the same as one of `others`: what is dropped or changed is the same, however it is written. */
export function sameWork(script: Script, others: readonly string[]): Statement[] {
  const known = others.flatMap((sql) => readScript(`${sql};`).statements.map(({ node }) => plain(node)))
  return script.statements.filter(({ node }) => isChange(node) && known.some((other) => sameTree(plain(node), other)))
}

/** Only what takes something away or tightens it: what a contract holds. */
function isChange(node: PgNode): boolean {
  return ['AlterTableStmt', 'DropStmt', 'RenameStmt', 'AlterEnumStmt'].includes(untag(node)[0])
}

/** Without what does not tell which object is meant: IF EXISTS, CASCADE, the default schema. */
function plain(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(plain)
  if (typeof node !== 'object' || node === null) return node
  const entries = Object.entries(node).filter(
    ([key, value]) => !['missing_ok', 'behavior'].includes(key) && !(key === 'schemaname' && value === 'public'),
  )
  return Object.fromEntries(entries.map(([key, value]) => [key, plain(value)]))
}
