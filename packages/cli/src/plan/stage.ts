import {
  type Catalog,
  type FileEdit,
  type GivenSchema,
  namesTable,
  type Plan,
  type Restaged,
  type Step,
  schemaAfter,
  schemaStaged,
  type Table,
  undoSteps,
} from '@expand-contract/core'
import type { Project } from '../project/project.ts'

/** The schema as the expand stage leaves the database, in edits that go together with those of the rewrite. */
export async function stagedByRewrite(
  project: Project,
  plan: Plan,
  edits: readonly FileEdit[],
  given: GivenSchema | undefined,
): Promise<Restaged> {
  const { migrations } = project.history
  // A mapped field says the old column already.
  const is = withMaps(schemaAfter(migrations, [], given), plan.maps)
  return together(project, { plan: plan.id, is, wanted: schemaStaged(plan, migrations, given) }, edits)
}

/** The schema as the contract leaves the database. */
export async function stagedByRelease(project: Project, plan: Plan, edits: readonly FileEdit[]): Promise<Restaged> {
  const [is, wanted] = around(project, plan.stages[1].steps)
  return together(project, { plan: plan.id, is, wanted }, edits)
}

/** The schema as undoing the expand stage leaves the database: what the contract would have dropped is shown to the code again. */
export async function stagedByUndo(project: Project, plan: Plan, edits: readonly FileEdit[]): Promise<Restaged> {
  const [is, wanted] = around(
    project,
    undoSteps(plan).map((b) => b.step),
  )
  return together(project, { plan: plan.id, is, wanted, shows: schemaAfter(project.history.migrations, plan.stages[1].steps) }, edits)
}

/** The schema with the columns that keep their names. */
function withMaps(catalog: Catalog, maps: Plan['maps']): Catalog {
  if (maps.length === 0) return catalog
  const tables = [...catalog.tables].map(([key, table]): [string, Table] => {
    const own = maps.filter((m) => namesTable(m.table, key))
    const named = (name: string): string => own.find((m) => m.to === name)?.column ?? name
    if (own.length === 0) return [key, table]
    return [
      key,
      {
        ...table,
        columns: table.columns.map((c) => ({ ...c, name: named(c.name) })),
        constraints: table.constraints.map((c) => ({ ...c, columns: c.columns.map(named) })),
        indexes: table.indexes.map((i) => ({
          ...i,
          keys: i.keys.map((k) => (k.column === undefined ? k : { ...k, column: named(k.column) })),
        })),
      },
    ]
  })
  return { ...catalog, tables: new Map(tables) }
}

function around({ history }: Project, steps: readonly Step[]) {
  return [schemaAfter(history.migrations), schemaAfter(history.migrations, steps)] as const
}

/** Edits with those of the schema among them. */
export async function together(
  { adapter, layout }: Project,
  change: Parameters<NonNullable<Project['adapter']['restage']>>[1],
  edits: readonly FileEdit[],
): Promise<Restaged> {
  const staged = await adapter.restage?.(layout, change, edits)
  if (!staged) return { edits, unsaid: [] }
  const isReplaced = (edit: FileEdit): boolean => staged.edits.some((e) => e.path === edit.path)
  return { edits: [...staged.edits, ...edits.filter((e) => !isReplaced(e))], unsaid: staged.unsaid }
}
