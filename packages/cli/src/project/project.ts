import type { Adapter, History, Layout, Question } from '@expand-contract/core'

/** One ORM project, read. */
export interface Project {
  readonly adapter: Adapter
  readonly layout: Layout
  readonly history: History
}

/** What the command needs of an ORM's package. Loaded only when asked: a Prisma project that was found by its file never loads Drizzle's. */
interface Entry {
  readonly id: string
  readonly load: () => Promise<Adapter>
  /** A fill that the ORM's schema knows better than the column's type does; only ever offered. */
  readonly suggestFill?: (layout: Layout, table: string, column: string) => Promise<string | undefined>
}

/** The adapters in the order in which they are asked. */
const ADAPTERS: readonly Entry[] = [
  {
    id: 'prisma',
    load: async () => (await import('@expand-contract/prisma')).prisma,
    suggestFill: async (...about) => (await import('@expand-contract/prisma')).suggestFill(...about),
  },
  { id: 'drizzle', load: async () => (await import('@expand-contract/drizzle')).drizzle },
]

/** The question with the best suggestion that is known for it. */
export async function withSuggestion(question: Question, { layout }: Project): Promise<Question> {
  const ask = ADAPTERS.find((a) => a.id === layout.adapter)?.suggestFill
  if (question.kind !== 'fill' || !ask) return question
  const suggestion = await ask(layout, question.table, question.column)
  return suggestion === undefined ? question : { ...question, suggestion }
}

/** All adapters. */
export function adapters(): Promise<Adapter[]> {
  return Promise.all(ADAPTERS.map(({ load }) => load()))
}

/** Reads a project. */
export async function open(adapter: Adapter, layout: Layout): Promise<Project> {
  return { adapter, layout, history: await adapter.read(layout) }
}

/**
 * The projects that `at` leads to (a project's folder, its migrations folder, one migration or its file), each read; a folder may hold one of each ORM.
 * Throws what the adapters throw for projects that can't be used.
 */
export async function projectsIn(at: string): Promise<Project[]> {
  const found: Project[] = []
  for (const { load } of ADAPTERS) {
    const adapter = await load()
    const layout = await adapter.find(at)
    if (layout) found.push(await open(adapter, layout))
  }
  return found
}

/** Each project once: two folders may lead to the same one. */
export function distinct(projects: readonly Project[]): Project[] {
  const byKey = new Map(projects.map((p) => [`${p.adapter.id} ${p.layout.migrations}`, p]))
  return [...byKey.values()]
}
