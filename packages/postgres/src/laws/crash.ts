import { UserError } from '@expand-contract/core'
import type pg from 'pg'
import { applyStep } from '../deploy/apply-step.ts'
import { openLedger, readSteps } from '../ledger/index.ts'
import { readLiveTables } from '../live-table.ts'
import { StepFailure } from '../run-steps.ts'
import type { Clone } from '../shadow.ts'
import { dataFindings, schemaFindings } from './ends.ts'
import { killedEverywhere } from './killing.ts'
import { count, type Law, type Proof, verdict } from './law.ts'
import { gated } from './rehearse.ts'

/** Law 3: killed before, in and after each step, and run again by the runner each time, the plan comes to the same end. */
export const crash: Law = {
  law: 3,
  name: 'crash anywhere',
  async prove(proof) {
    const { plan, rehearsal, touched } = proof
    const steps = plan.stages.flatMap(({ name, steps }) => steps.map((step) => ({ plan: plan.id, stage: name, step, by: 'law 3' })))
    // A plan that does not come to its end by itself breaks the other laws.
    if (steps.length === 0 || rehearsal.failure) return verdict(crash, 0, '', [])
    const clone = await proof.clone()
    try {
      await openLedger(clone.client)
      const kills = await killedEverywhere(clone, async ({ session, about }) => {
        const ledger = await readSteps(session.client, plan.id)
        for (const work of steps) {
          about(work.step.id, work.step.kind === 'check' ? [] : gated(work.step, touched))
          await applyStep(session, work, ledger)
        }
      })
      return verdict(crash, kills.at.size, `killed at ${count(kills.at.size, 'place')} of ${count(steps.length, 'step')}`, [
        ...(await otherEnd(clone, proof)),
        ...(await unsettled(clone)),
      ])
    } catch (error) {
      if (!(error instanceof StepFailure || error instanceof UserError)) throw error
      return verdict(crash, steps.length, '', [error.message])
    } finally {
      await clone.close()
    }
  },
}

/** What is not as it was after the plan ran without a break: law 1 is about that end itself. */
async function otherEnd({ client }: Clone, proof: Proof): Promise<string[]> {
  const here = await endFindings(client, proof)
  if (here.length === 0) return []
  const there = await endFindings(proof.rehearsal.clone.client, proof)
  return here.filter((finding) => !there.includes(finding))
}

async function endFindings(client: pg.Client, proof: Proof): Promise<string[]> {
  const tables = await readLiveTables(client, [...new Set([...proof.touched, ...proof.touchedAfter])])
  return [...(await schemaFindings(client, proof)), ...(await dataFindings(client, tables, proof)).findings]
}

async function unsettled({ client }: Clone): Promise<string[]> {
  const open = (await readSteps(client)).filter((row) => row.finishedAt === null)
  return open.map((row) => `the ledger says that ${row.step} was begun and not that it was done`)
}
