import type { Adapter, History, Layout, Question, SourceMigration, Step } from '@expand-contract/core'

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
  /** `find` itself looks at the folders below the one it is asked about; it throws where it finds several. */
  readonly looksBelow?: true
  /** A fill that the ORM's schema knows better than the column's type does; only ever offered. */
  readonly suggestFill?: (layout: Layout, table: string, column: string) => Promise<string | undefined>
  /** What a migration's SQL leaves undone although the ORM takes it for done. */
  readonly losses?: (layout: Layout, migration: SourceMigration) => Promise<readonly Loss[]>
  /** The ORM's own command that applies what is pending. */
  readonly migrator: string
  /** False where that command can't run these steps right. */
  readonly canRun: (steps: readonly Step[]) => Promise<boolean>
}

/** How a plan's expand stage is deployed. */
export interface Deployment {
  readonly migrator: string
  /** False where the ORM's migrator stops at these steps, because it would run them all in one transaction. */
  readonly runs: boolean
}

/** The adapters in the order in which they are asked. */
const ADAPTERS: readonly Entry[] = [
  {
    id: 'prisma',
    load: async () => (await import('@expand-contract/prisma')).prisma,
    suggestFill: async (...about) => (await import('@expand-contract/prisma')).suggestFill(...about),
    migrator: 'npx prisma migrate deploy',
    canRun: () => Promise.resolve(true),
  },
  {
    id: 'drizzle',
    looksBelow: true,
    load: async () => (await import('@expand-contract/drizzle')).drizzle,
    losses: drizzleLosses,
    migrator: 'npx drizzle-kit migrate',
    canRun: async (steps) => !(await import('@expand-contract/drizzle')).needsOwnTransactions(steps),
  },
]

/** A change that the ORM has recorded and that its SQL does not make. */
export interface Loss {
  readonly on: string
  /** Name of the column after the migration. */
  readonly column: string
  readonly what: string
  readonly fix: string
}

async function drizzleLosses(layout: Layout, { id, text }: SourceMigration): Promise<readonly Loss[]> {
  // Snapshots are large: only a migration that renames something can have lost anything.
  if (layout.format !== 'drizzle-journal' || !/\brename\b/i.test(text)) return []
  const { snapshotLosses, snapshotsAround } = await import('@expand-contract/drizzle')
  const around = await snapshotsAround(layout, id)
  return around ? snapshotLosses(around.previous, around.current, text) : []
}

/** What the ORM will never write again although the database lacks it. */
export async function lossesOf({ layout }: Project, migration: SourceMigration): Promise<readonly Loss[]> {
  return (await ADAPTERS.find((a) => a.id === layout.adapter)?.losses?.(layout, migration)) ?? []
}

/** The question with the best suggestion that is known for it. */
export async function withSuggestion(question: Question, { layout }: Project): Promise<Question> {
  const ask = ADAPTERS.find((a) => a.id === layout.adapter)?.suggestFill
  if (question.kind !== 'fill' || !ask) return question
  const suggestion = await ask(layout, question.table, question.column)
  return suggestion === undefined ? question : { ...question, suggestion }
}

/** How the steps reach a database in this project. */
export async function deploymentOf(steps: readonly Step[], { adapter }: Project): Promise<Deployment> {
  const entry = ADAPTERS.find((a) => a.id === adapter.id)
  if (!entry) throw new Error(`no adapter ${adapter.id}`)
  return { migrator: entry.migrator, runs: await entry.canRun(steps) }
}

/** All adapters, and whether each looks below the folder that it is asked about. */
export function adapters(): Promise<{ readonly adapter: Adapter; readonly looksBelow: boolean }[]> {
  return Promise.all(ADAPTERS.map(async ({ load, looksBelow = false }) => ({ adapter: await load(), looksBelow })))
}

/** Reads a project. */
export async function open(adapter: Adapter, layout: Layout): Promise<Project> {
  return { adapter, layout, history: await adapter.read(layout) }
}

/**
 * The projects that `at` leads to (a project's folder, its migrations folder, one migration or its file), each read; a folder may hold one of each ORM.
 * An adapter is loaded when its turn comes. Throws what the adapters throw for projects that can't be used.
 */
export async function* projectsAt(at: string): AsyncGenerator<Project> {
  for (const { load } of ADAPTERS) {
    const adapter = await load()
    const layout = await adapter.find(at)
    if (layout) yield await open(adapter, layout)
  }
}

/** All of {@link projectsAt}. */
export async function projectsIn(at: string): Promise<Project[]> {
  const found: Project[] = []
  for await (const project of projectsAt(at)) found.push(project)
  return found
}

/** Each project once: two folders may lead to the same one. */
export function distinct(projects: readonly Project[]): Project[] {
  const byKey = new Map(projects.map((p) => [`${p.adapter.id} ${p.layout.migrations}`, p]))
  return [...byKey.values()]
}
