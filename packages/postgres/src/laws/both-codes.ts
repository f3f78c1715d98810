import type { Step } from '@expand-contract/core'
import type { App } from '../app.ts'
import { runStep, StepFailure } from '../run-steps.ts'
import { count, type Law, type Proof, verdict } from './law.ts'
import { openTraffic, type Traffic } from './traffic.ts'

/** Law 2: old code works until the contract starts, new code from the end of expand on, or behind the contract where the plan says that it waits; nothing written is lost, and both see it. */
export const bothCodes: Law = {
  law: 2,
  name: 'both codes work',
  async prove(proof) {
    const [expand, contract] = proof.plan.stages
    if (expand.steps.length + contract.steps.length === 0) return verdict(bothCodes, 0, '', [])
    const traffic = await openTraffic(proof)
    const { oldApp, newApp } = traffic
    try {
      await traffic.point('before the first step', [oldApp])
      for (const step of expand.steps) await between(step, traffic, [oldApp], expand.steps)
      await traffic.expectFilled('at the end of expand')
      const waits = proof.plan.newCodeWaits !== undefined
      await traffic.point('at the end of expand', waits ? [oldApp] : [oldApp, newApp, oldApp, newApp])
      await traffic.expectInStep('at the end of expand')
      // Code that waits for the contract comes behind its last step.
      for (const step of contract.steps) await between(step, traffic, waits && step !== contract.steps.at(-1) ? [] : [newApp], expand.steps)
    } catch (error) {
      if (!(error instanceof StepFailure)) throw error
      traffic.findings.push(error.message)
    } finally {
      await traffic.close()
    }
    return summary(traffic, proof)
  },
}

/** Runs a step, applications running between its batches and after it. */
async function between(step: Step, traffic: Traffic, apps: readonly App[], expand: readonly Step[]): Promise<void> {
  if (step.kind === 'ddl' && step.allowed) traffic.tolerate(step.id)
  await runStep(traffic.client, step, { betweenBatches: () => traffic.point(`during ${step.id}`, apps) })
  if (step.kind === 'ddl' && step.invalidatesPlans) for (const app of apps) app.forgivePlans()
  await traffic.point(`after ${step.id}`, apps)
  for (const app of apps) app.endForgiveness()
  const isLastFill = step.kind === 'backfill' && !expand.slice(expand.indexOf(step) + 1).some((s) => s.kind === 'backfill')
  if (expand.includes(step) && isLastFill) await traffic.expectInStep(`after ${step.id}`)
}

function summary({ oldApp, newApp, points, findings }: Traffic, proof: Proof) {
  const executed = oldApp.executed() + newApp.executed()
  for (const app of [oldApp, newApp]) {
    const anew = app.reprepared()
    if (anew > 0)
      proof.warn(
        `${count(anew, 'named prepared statement')} of the ${app.name} code had to be prepared anew, as the plan says: recycle the connections then.`,
      )
  }
  return verdict(bothCodes, executed, `${count(points(), 'point')}, ${count(executed, 'statement')}`, findings)
}
