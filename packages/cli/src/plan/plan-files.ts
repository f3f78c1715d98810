import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { checksum, type Layout, PLAN_VERSION, type Plan, UserError } from '@expand-contract/core'
import { isAbsent } from '../read-if-there.ts'

/** Name of the reviewed plan in `expand-contract/<plan>/`. */
export const PLAN_FILE = 'plan.json'

/** Names of the plans of a project, in order: they are the names of the migrations that they replaced. */
export async function planIds(layout: Layout): Promise<string[]> {
  const entries = await readdir(layout.plans, { withFileTypes: true }).catch((error: unknown) => {
    if (isAbsent(error)) return []
    throw error
  })
  const folders = entries.filter((e) => e.isDirectory()).map((e) => e.name)
  const held = await Promise.all(folders.map((name) => readdir(path.join(layout.plans, name))))
  return folders.filter((_, i) => held[i]?.includes(PLAN_FILE)).sort()
}

/** Reads and validates a plan. Throws {@link UserError} for a damaged file and for one of a newer version. */
export async function readPlan(layout: Layout, id: string): Promise<Plan> {
  const file = path.join(layout.plans, id, PLAN_FILE)
  return parsePlan(await readFile(file, 'utf8'), file)
}

/** The text of a plan.json as a {@link Plan}; `file` is named in errors. */
export async function parsePlan(text: string, file: string): Promise<Plan> {
  const value = parseJson(text, file)
  const version = (value as { version?: unknown } | null)?.version
  if (typeof version === 'number' && version > PLAN_VERSION) {
    throw new UserError(
      `${file} was written by a newer expand-contract (plan version ${version}, this one reads up to ${PLAN_VERSION}). Run: npm install expand-contract@latest`,
    )
  }
  const { planSchema } = await import('./plan-schema.ts')
  const checked = planSchema.safeParse(value)
  if (!checked.success) {
    const [issue] = checked.error.issues
    throw damaged(file, `${issue?.path.join('.') || 'the file'}: ${issue?.message}`)
  }
  const plan = value as Plan
  if (checksum(plan.source.sql) !== plan.source.checksum) throw damaged(file, 'the checksum of source.sql does not fit its text')
  return plan
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw damaged(file, 'it is not JSON')
  }
}

function damaged(file: string, why: string): UserError {
  return new UserError(`${file} is not a valid plan (${why}). It is written by the tool and not meant to be edited: restore it from git.`)
}
