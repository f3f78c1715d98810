import type { CantCarry } from '../../carry/carry-over.ts'
import { inboundCopies } from '../../carry/inbound.ts'
import type { TableName } from '../../catalog/catalog.ts'
import type { Migration } from '../../migration.ts'
import type { DraftStep, Expectation } from '../../plan/plan.ts'
import type { TypeGroup } from '../../retype/group.ts'
import { ddl } from '../../steps/steps.ts'
import { type Converted, convertColumn, otherName } from './column.ts'

interface Steps {
  readonly expand: readonly DraftStep[]
  readonly contract: readonly DraftStep[]
  readonly expects: readonly Expectation[]
}

/** Parallel columns of the new types, which take the places of the old ones in one transaction of the contract. */
export function convertGroup(group: TypeGroup, migration: Migration): Steps | CantCarry {
  const { columns } = group
  const isOurs = (table: TableName, column: string): boolean => columns.some((c) => c.table === table && c.name === column)
  const end = (table: TableName, column: string): string => (isOurs(table, column) ? otherName(column) : column)
  const parts: Converted[] = []
  const inbound: { build: readonly DraftStep[]; swap: readonly string[] }[] = []
  for (const column of columns) {
    const carriedAlready = new Set(parts.flatMap((p, i) => (columns[i]?.table === column.table ? p.carried : [])))
    const part = convertColumn(column, migration, { group, carriedAlready, end })
    if ('reason' in part) return part
    parts.push(part)
    const copies = inboundCopies(migration.after, column.table, column.name, otherName(column.name), isOurs)
    if ('reason' in copies) return copies
    inbound.push(copies)
  }
  const names = columns.map((c) => c.name).join(', ')
  return {
    expand: [...parts.flatMap((p) => p.expand), ...parts.flatMap((p, i) => [...p.build, ...(inbound[i]?.build ?? [])])],
    contract: [
      ...parts.flatMap((p) => p.prove),
      ddl({
        name: `swap ${columns[0]?.name}`,
        title: `Let the new ${names} take the place of the old`,
        why: 'Names in the catalog change hands in one transaction; no row is read. Prepared statements over the columns must be prepared anew: recycle the connections.',
        sql: [
          ...parts.flatMap((p) => p.letGo),
          ...parts.toReversed().flatMap((p) => p.foreign),
          ...inbound.flatMap((i) => i.swap),
          ...parts.flatMap((p) => p.names),
          ...parts.flatMap((p) => p.swap),
        ],
        undo: { irreversible: `The old ${names} ${columns.length > 1 ? 'are' : 'is'} gone. Take a backup before this step.` },
        invalidatesPlans: true,
      }),
    ],
    expects: parts.map((p) => p.expects),
  }
}
