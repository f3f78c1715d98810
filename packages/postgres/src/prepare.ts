import { UserError } from '@expand-contract/core'
import type pg from 'pg'
import { readDefinitions } from './introspect/definitions.ts'
import { introspect } from './introspect/introspect.ts'
import type { Proof } from './laws/law.ts'
import { type Rehearsal, rehearse } from './laws/rehearse.ts'
import { describe } from './run-steps.ts'
import { seed, seedTame } from './seed.ts'
import { type Clone, openShadow, replay, runFile, type Shadow } from './shadow.ts'
import { namesIn, touchedTables } from './touched.ts'
import type { VerifyInput } from './verify.ts'

/** A schema as a real database has it. */
async function picture(client: pg.Client, names: ReturnType<typeof namesIn>) {
  return { schema: await introspect(client), definitions: await readDefinitions(client), touched: await touchedTables(client, names) }
}

/**
 * Makes the databases that the laws copy: the history replayed and seeded, and the same after the ORM's own SQL. Throws `UserError` where the history or
 * the migration can't be run on an empty database.
 */
export async function prepare(input: VerifyInput, warn: (message: string) => void): Promise<{ proof: Proof; close: () => Promise<void> }> {
  const { plan, history, onProgress } = input
  const shadow = openShadow(input.server)
  try {
    const names = namesIn(plan)
    onProgress?.(`replaying ${history.length} migrations`)
    const empty = await shadow.make(undefined, async (client) => {
      await replay(client, history)
      return picture(client, names)
    })
    const before = empty.result
    onProgress?.(`seeding ${before.touched.length} tables`)
    const final = await shadow.make(empty.name, async (client) => {
      await runFile(client, plan.source.meant ?? plan.source.sql).catch((error) => {
        throw new UserError(
          `The migration ${plan.id} can't be proved: its own SQL fails on an empty database with its history.\n  ${describe(error)}\n` +
            'Mend the migration, or generate it again from the schema, then plan it again.',
        )
      })
      const found = await picture(client, names)
      await seed(client, found.touched)
      return found
    })
    const seeded = await seedBefore(shadow, input, empty.name, final.name, before.touched, warn)
    const proof: Proof = {
      plan,
      before: before.schema,
      after: final.result.schema,
      definitionsBefore: before.definitions,
      definitionsAfter: final.result.definitions,
      touched: before.touched,
      touchedAfter: final.result.touched,
      ...(seeded.original && { original: seeded.original.client }),
      rehearsal: seeded.rehearsal,
      isTame: seeded.isTame,
      ...(input.code && { code: input.code }),
      ...(input.replan && { replan: input.replan }),
      clone: () => shadow.clone(seeded.name),
      readSeeded: (work) => shadow.use(seeded.name, work),
      withFinal: (work) => shadow.use(final.name, work),
      runOriginal: (clone) => runFile(clone.client, plan.source.meant ?? plan.source.sql),
      warn,
    }
    return {
      proof,
      close: async () => {
        await seeded.original?.close()
        await seeded.rehearsal.clone.close()
        await shadow.close()
      },
    }
  } catch (error) {
    await shadow.close()
    throw error
  }
}

interface Seeded {
  /** The seeded database. */
  readonly name: string
  /** A copy after the ORM's own SQL, where that runs on these rows. */
  readonly original: Clone | undefined
  readonly rehearsal: Rehearsal
  readonly isTame: boolean
}

/**
 * The seeded database. Where the migration as written and the plan both stop at rows that hurt (duplicates under a new unique index, orphans under a new
 * foreign key), the laws need rows that the final schema takes.
 */
async function seedBefore(
  shadow: Shadow,
  { plan, rows }: VerifyInput,
  empty: string,
  final: string,
  touched: readonly string[],
  warn: (message: string) => void,
): Promise<Seeded> {
  const tryBoth = async (name: string) => {
    const original = await runOriginal(await shadow.clone(name), plan.source.meant ?? plan.source.sql)
    return { name, original, rehearsal: await rehearse(await shadow.clone(name), plan, touched, warn) }
  }
  const wild = await shadow.make(empty, (client) => seed(client, touched, rows))
  const { name, original, rehearsal } = await tryBoth(wild.name)
  // A check that stops the plan has found rows that the final schema does not hold, whatever the migration as written makes of them.
  if (!rehearsal.failure || (!original.error && !rehearsal.failure.isCheck)) {
    for (const warning of wild.result) warn(warning)
    return { name, original: original.clone, rehearsal, isTame: false }
  }
  await rehearsal.clone.close()
  await original.clone?.close()
  const written = original.error
    ? `stop the migration as written (${original.error}) and the plan too`
    : 'are changed by the migration as written and stop the plan'
  warn(`Rows that the schema allows today ${written} (${rehearsal.failure.message}). The laws ran on rows that the final schema takes.`)
  const tame = await shadow.make(empty, (before) => shadow.use(final, (after) => seedTame(before, after, touched, rows)))
  for (const warning of tame.result) warn(warning)
  const again = await tryBoth(tame.name)
  return { ...again, original: again.original.clone, isTame: true }
}

async function runOriginal(clone: Clone, sql: string): Promise<{ clone?: Clone; error?: string }> {
  try {
    await runFile(clone.client, sql)
    return { clone }
  } catch (error) {
    await clone.close()
    return { error: describe(error) }
  }
}
