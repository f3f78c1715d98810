import type { Catalog, Hazard, Plan } from '@expand-contract/core'
import { bothCodes } from './laws/both-codes.ts'
import { clean } from './laws/clean.ts'
import { crash } from './laws/crash.ts'
import { crowd } from './laws/crowd.ts'
import { ends } from './laws/ends.ts'
import type { Code, Law, LawVerdict } from './laws/law.ts'
import { verdict } from './laws/law.ts'
import { locks } from './laws/locks.ts'
import { refusals } from './laws/refusals.ts'
import { undo } from './laws/undo.ts'
import { prepare } from './prepare.ts'
import type { Server } from './server.ts'

export type { Code, LawVerdict } from './laws/law.ts'

/** A plan and all that is needed to prove it. */
export interface VerifyInput {
  readonly plan: Plan
  /** The migrations before this one, oldest first. */
  readonly history: readonly { readonly id: string; readonly text: string }[]
  readonly server: Server
  /** What the applications run; derived from the schemas before and after where it is not given. */
  readonly code?: Code
  /** SQL that adds rows of its own before the tables are seeded. */
  readonly rows?: readonly string[]
  /** Plans the SQL of the plan's own steps and returns the hazards: law 5. */
  readonly replan?: (steps: readonly (readonly string[])[]) => readonly Hazard[]
  /** Numbers of laws to leave out. */
  readonly without?: readonly number[]
  /** Called with a few words before each part that takes time. */
  readonly onProgress?: (message: string) => void
  /** The schemas as core replayed them. Not read: the laws ask the database. */
  readonly before?: Catalog
  readonly after?: Catalog
}

/** What the laws found on one PostgreSQL version. */
export interface Verdict {
  readonly plan: string
  /** The server's major version. */
  readonly postgres: number
  readonly laws: readonly LawVerdict[]
  /** What the proof could not cover or what the reader must know; never a failure. */
  readonly warnings: readonly string[]
}

const LAWS: readonly Law[] = [ends, bothCodes, crash, locks, clean, undo]

/**
 * Proves a plan on scratch databases, which are dropped at the end. What the plan does wrong is a finding, never an exception; throws
 * `UserError` where the history or the migration itself can't be run on this server.
 */
export async function verifyPlan(input: VerifyInput): Promise<Verdict> {
  const { plan, server } = input
  const refused = refusals(plan)
  const close = (laws: readonly LawVerdict[], warnings: readonly string[]): Verdict => ({
    plan: plan.id,
    postgres: server.major,
    laws,
    warnings,
  })
  // A refused plan has nothing to run: its other laws exercise nothing.
  if (plan.refusals.length > 0) return close([...LAWS.map((law) => verdict(law, 0, '', [])), refused], [])
  const warnings: string[] = []
  const prepared = await prepare(input, (message) => warnings.push(message))
  try {
    const laws: LawVerdict[] = []
    for (const law of LAWS.filter(({ law }) => !input.without?.includes(law))) {
      input.onProgress?.(`law ${law.law}: ${law.name}`)
      laws.push(await law.prove(prepared.proof))
    }
    return close([...laws, refused], [...new Set(warnings)])
  } finally {
    await prepared.close()
  }
}

/** Law 2 with that many applications at once, at least two, while the steps run. Throws as {@link verifyPlan} does. */
export async function verifyCrowd(input: VerifyInput, writers: number): Promise<LawVerdict> {
  const law = crowd(writers)
  if (input.plan.refusals.length > 0) return verdict(law, 0, '', [])
  const { proof, close } = await prepare(input, () => {})
  try {
    return await law.prove(proof)
  } finally {
    await close()
  }
}
