import { readdir } from 'node:fs/promises'
import path from 'node:path'
import { type FileEdit, type Layout, type Plan, planFolder } from '@expand-contract/core'

/** The plan's folder: see {@link planFolder}. SQL that an earlier plan of the same migration left there is removed. */
export async function planFiles(plan: Plan, layout: Layout): Promise<FileEdit[]> {
  const folder = path.join(layout.plans, plan.id)
  const texts = planFolder(plan, {
    held: 'Held here, for prisma migrate deploy would apply it at once.',
    undone: `As migrations of Prisma: npx expand-contract undo ${plan.id}`,
  })
  const written = texts.map(([name, content]): FileEdit => ({ path: path.join(folder, name), content }))
  const stale = (await sqlFiles(folder)).filter((file) => !written.some((w) => w.path === file))
  return [...written, ...stale.map((file): FileEdit => ({ path: file, content: null }))]
}

async function sqlFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
  return entries
    .filter((e) => e.isFile() && e.name.endsWith('.sql'))
    .map((e) => path.join(e.parentPath, e.name))
    .sort()
}
