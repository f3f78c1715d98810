import { stepSql } from '@expand-contract/core'
import { count, type Law, verdict } from './law.ts'

/** Law 5: planning what the plan would run finds no hazard. */
export const clean: Law = {
  law: 5,
  name: 'own output is clean',
  async prove({ plan, replan }) {
    const steps = plan.stages
      .flatMap((stage) => stage.steps)
      .flatMap((step) => (step.kind === 'check' ? [] : [step.kind === 'ddl' ? step.sql : [stepSql(step)]]))
    if (!replan || steps.length === 0) return verdict(clean, 0, '', [])
    const hazards = replan(steps)
    return verdict(
      clean,
      steps.length,
      `${count(steps.length, 'step')} planned again`,
      hazards.map((h) => `${h.code} on ${h.on}: ${h.why}`),
    )
  },
}
