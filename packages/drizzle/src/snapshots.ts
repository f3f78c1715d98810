import { readdir } from 'node:fs/promises'
import path from 'node:path'
import type { Layout } from '@expand-contract/core'
import { snapshotPath } from './journal.ts'
import { parseObject, readObject, readText } from './json.ts'

/** A snapshot of Drizzle Kit 0.3x: the whole schema after one migration. */
export type Snapshot = Readonly<Record<string, unknown>>

/** The snapshot in `meta/` with this id: the state that another one follows. Undefined where it is not kept (some projects keep only the newest). */
export async function parentSnapshot(migrations: string, id: unknown): Promise<{ snapshot: Snapshot; text: string } | undefined> {
  const meta = path.join(migrations, 'meta')
  const names = (await readdir(meta)).filter((name) => name.endsWith('_snapshot.json')).sort()
  for (const name of names.reverse()) {
    const file = path.join(meta, name)
    const text = (await readText(file)) ?? ''
    if (!text.includes(String(id))) continue
    const snapshot = parseObject(text, file)
    if (snapshot.id === id) return { snapshot, text }
  }
  return undefined
}

/** The snapshots before and after a migration of Drizzle Kit 0.3x, or undefined where either is not kept. */
export async function snapshotsAround(layout: Layout, id: string): Promise<{ previous: Snapshot; current: Snapshot } | undefined> {
  if (layout.format !== 'drizzle-journal') return undefined
  const current = await readObject(snapshotPath(layout.migrations, id))
  const previous = current && (await parentSnapshot(layout.migrations, current.prevId))
  return previous && { previous: previous.snapshot, current }
}
