import path from 'node:path'
import { checksum, type FileEdit, type History, type Plan, UserError } from '@expand-contract/core'
import type { Emitted } from './emit.ts'
import { type Entry, type Journal, readJournal, snapshotPath } from './journal.ts'
import { formatLike, parseObject, readText } from './json.ts'
import { parentSnapshot } from './snapshots.ts'

/** Milliseconds between the journal times of two steps: v1 of the kit turns them into names to the second. Where that many do not fit, the smallest there is. */
function spacingWithin(room: number, steps: number): number {
  return steps * 1000 <= room ? 1000 : 1
}

/**
 * SQL files, journal entries and snapshots for Drizzle Kit 0.3x. Every entry gets a snapshot, because `drizzle-kit up` of v1 wants one for each: the state
 * before the migration, as the kit itself writes for a custom migration, and for the last one the migration's own.
 */
export async function journalEdits(
  plan: Plan,
  { layout }: History,
  emitted: readonly Emitted[],
): Promise<{ edits: FileEdit[]; snapshot: string | undefined }> {
  const { journal, entry } = await lastEntry(plan, layout.migrations)
  const file = snapshotPath(layout.migrations, plan.id)
  const snapshot = await readText(file)
  const sql = emitted.map(({ name, text }): FileEdit => ({ path: path.join(layout.migrations, `${name}.sql`), content: text }))
  if (emitted.every((e) => e.name === plan.id)) return { edits: sql, snapshot }

  // The migrator passes over an entry that is not newer than the last one it applied: the steps come behind the entry before, and where there is room
  // for it not behind their own.
  const before = newest(journal.entries.slice(0, -1))
  const spacing = spacingWithin(entry.when - before, emitted.length)
  const first = Math.max(entry.when - (emitted.length - 1) * spacing, before + spacing)
  const entries = emitted.map(({ name }, i): Entry => ({ ...entry, idx: entry.idx + i, when: first + i * spacing, tag: name }))
  const edits = [...sql, withEntries(journal, entries)]
  if (snapshot !== undefined) edits.push(...(await snapshotEdits(plan, layout.migrations, emitted, snapshot)))
  return { edits, snapshot }
}

/** The latest time: where branches were merged, the last entry need not have it. */
function newest(entries: readonly Entry[]): number {
  return Math.max(Number.NEGATIVE_INFINITY, ...entries.map((e) => e.when))
}

/** Migrations behind the last one that leave the schema as it is: each gets the last snapshot once more, as the kit writes it for a custom migration. */
export async function appendedToJournal(plan: Plan, migrations: string, emitted: readonly Emitted[]): Promise<FileEdit[]> {
  const journal = await readJournal(migrations)
  const last = journal?.entries.at(-1)
  if (!journal || !last) throw new UserError(`${migrations} has no journal to go on with. Restore meta/_journal.json from git.`)
  // Not ahead of the clock where there is room: the kit asks it for the next entry, and its migrator would pass over that one.
  const since = newest(journal.entries)
  const spacing = spacingWithin(Date.now() - since, emitted.length)
  const entries = emitted.map(({ name }, i): Entry => ({ ...last, idx: last.idx + i + 1, when: since + (i + 1) * spacing, tag: name }))
  const raw = { ...journal.raw, entries: [...journal.entries, ...entries] }
  const sql = emitted.map(({ name, text }): FileEdit => ({ path: path.join(migrations, `${name}.sql`), content: text }))
  const from = snapshotPath(migrations, last.tag)
  const text = await readText(from)
  const snapshots: FileEdit[] = []
  if (text !== undefined) {
    const snapshot = parseObject(text, from)
    let prevId = String(snapshot.id)
    for (const { name } of emitted) {
      const id = stableId(`${plan.source.checksum} ${name}`)
      const file = snapshotPath(migrations, name)
      // Names without a prefix all share one snapshot file, which already says the schema.
      if (file !== from) snapshots.push({ path: file, content: formatLike({ ...snapshot, id, prevId }, text) })
      prevId = id
    }
  }
  return [...sql, { path: journal.path, content: formatLike(raw, journal.text) }, ...snapshots]
}

/** The edits that take a migration away of which nothing is left. Throws {@link UserError} where later ones build on its snapshot. */
export async function removedFromJournal(plan: Plan, { layout }: History): Promise<FileEdit[]> {
  const { journal } = await lastEntry(plan, layout.migrations)
  const snapshot = snapshotPath(layout.migrations, plan.id)
  return [
    { path: path.join(layout.migrations, `${plan.id}.sql`), content: null },
    ...((await readText(snapshot)) === undefined ? [] : [{ path: snapshot, content: null }]),
    withEntries(journal, []),
  ]
}

async function lastEntry(plan: Plan, migrations: string): Promise<{ journal: Journal; entry: Entry }> {
  const journal = await readJournal(migrations)
  const entry = journal?.entries.at(-1)
  if (!journal || !entry) throw new UserError(`${migrations} has no journal with ${plan.id} in it. Run: npx expand-contract check`)
  if (entry.tag === plan.id) return { journal, entry }
  throw new UserError(
    `${plan.id} is followed by ${entry.tag}, whose journal time and snapshot build on it, so no step can be put between the two. Rewrite a migration before the next one is generated: remove the later ones with\n  npx drizzle-kit drop\n(they must not be applied anywhere yet), run\n  npx expand-contract rewrite ${plan.id}\nand generate them again with\n  npx drizzle-kit generate`,
  )
}

/** The journal with other entries in the place of its last one. */
function withEntries(journal: Journal, entries: readonly Entry[]): FileEdit {
  const raw = { ...journal.raw, entries: [...journal.entries.slice(0, -1), ...entries] }
  return { path: journal.path, content: formatLike(raw, journal.text) }
}

async function snapshotEdits(plan: Plan, migrations: string, emitted: readonly Emitted[], text: string): Promise<FileEdit[]> {
  const own = snapshotPath(migrations, plan.id)
  const files = emitted.map(({ name }) => snapshotPath(migrations, name))
  const last = files.at(-1) as string
  // Names without a prefix all share one snapshot file, which the kit itself overwrites each time.
  if (last === own) return []
  const final = parseObject(text, own)
  const parent = await parentSnapshot(migrations, final.prevId)
  if (!parent)
    return [
      { path: own, content: null },
      { path: last, content: text },
    ]

  const between: FileEdit[] = []
  let prevId = parent.snapshot.id as string
  for (const [i, { name }] of emitted.slice(0, -1).entries()) {
    const id = stableId(`${plan.source.checksum} ${name}`)
    between.push({ path: files[i] as string, content: formatLike({ ...parent.snapshot, id, prevId }, parent.text) })
    prevId = id
  }
  return [...between, { path: last, content: withPrevId(text, final, prevId) }]
}

/** The snapshot after another parent. Its id stays, so that what was generated from it elsewhere still fits; so does every other byte where that can be. */
function withPrevId(text: string, snapshot: Readonly<Record<string, unknown>>, prevId: string): string {
  const parts = text.split(String(snapshot.prevId))
  return parts.length === 2 ? parts.join(prevId) : formatLike({ ...snapshot, prevId }, text)
}

/** A UUID (version 8, RFC 9562) made of a text: the same plan always writes the same bytes. */
function stableId(text: string): string {
  const hex = checksum(text)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}
