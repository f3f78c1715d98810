import type { SourceMigration } from '../adapter.ts'
import { type Catalog, EMPTY_CATALOG } from '../catalog/catalog.ts'
import { type GivenSchema, replaying } from '../replay/history.ts'
import type { Plan, Step } from './plan.ts'
import { stepSql } from './step-file.ts'

type Source = Pick<SourceMigration, 'id' | 'text'>

/** The schema at the end of a history, and after steps that run behind it. */
export function schemaAfter(sources: readonly Source[], steps: readonly Step[] = [], given?: GivenSchema): Catalog {
  let after: Catalog = EMPTY_CATALOG
  for (const replayed of replaying([...sources, asSource('', steps)], given)) after = replayed.after
  return after
}

/** The schema at the end of a history in which the plan's migration is replaced by its expand stage. */
export function schemaStaged(plan: Plan, sources: readonly Source[], given?: GivenSchema): Catalog {
  const expand = asSource(plan.id, plan.stages[0].steps)
  return schemaAfter(
    sources.map((source) => (source.id === plan.id ? expand : source)),
    [],
    given,
  )
}

function asSource(id: string, steps: readonly Step[]): Source {
  return { id, text: steps.map(stepSql).join('') }
}
