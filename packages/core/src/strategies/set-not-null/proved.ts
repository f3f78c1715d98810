import type { TableName } from '../../catalog/catalog.ts'
import { catalogInCommand } from '../../facts/in-command.ts'
import { readForNotNull } from '../../facts/not-null-proof.ts'
import type { Migration } from '../../migration.ts'
import type { Statement } from '../../sql/statement.ts'

/** True where PostgreSQL knows without reading a row that the column is never NULL, in the schema that the statement finds. */
export function isProved(table: TableName, column: string, statement: Statement, migration: Migration): boolean {
  return readForNotNull(catalogInCommand(statement, migration), table, column).length === 0
}
