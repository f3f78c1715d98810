import type { Catalog } from './catalog/catalog.ts'
import type { Intent } from './intent.ts'
import type { Sending } from './plan/sending.ts'
import type { Script } from './sql/statement.ts'

/** One migration in its history: what it says and the schema it starts from. */
export interface Migration {
  /** Name in the ORM: `20261122121918_rename_name`, `0007_brave_hulk`. */
  readonly id: string
  readonly script: Script
  /** The schema before the migration. */
  readonly before: Catalog
  /** The schema after the migration as the ORM wrote it. */
  readonly after: Catalog
  /** `at[i]` is the schema just before statement `i`. */
  readonly at: readonly Catalog[]
  readonly intents: readonly Intent[]
  /** The oldest PostgreSQL major version to be safe on, 14 to 18. */
  readonly postgres: number
  /** Absent: `query`. */
  readonly sending?: Sending
}
