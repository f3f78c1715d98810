import type { Plan } from '@expand-contract/core'
import { count, type LawVerdict, verdict } from './law.ts'

const law = { law: 7, name: 'refusals touch nothing' }

/** Law 7: a plan that refuses anything has no step at all. */
export function refusals(plan: Plan): LawVerdict {
  const steps = plan.stages.flatMap((stage) => stage.steps)
  const findings =
    plan.refusals.length > 0
      ? steps.map((step) => `The plan refuses line ${plan.refusals[0]?.line} and still has the step ${step.id}.`)
      : []
  return verdict(law, plan.refusals.length, count(plan.refusals.length, 'refusal'), findings)
}
