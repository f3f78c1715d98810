import type { Plan } from '@expand-contract/core'
import { shell } from '../flags/answers.ts'
import type { Deployment } from '../project/project.ts'
import { count, type Style, wrap } from './style.ts'

/** What was written and where. */
export interface Written {
  readonly files: number
  /** The folder of the plans as shown. */
  readonly plans: string
  readonly deployment: Deployment
}

/** What to do after a rewrite was written, in order. */
export function nextText(plan: Plan, { files, plans, deployment }: Written, { paint, width }: Style): string {
  const [expand, contract] = plan.stages
  const hasSql = expand.steps.length + contract.steps.length > 0
  const steps = [
    hasSql
      ? `Prove it on a scratch PostgreSQL:\n  npx expand-contract verify ${shell(plan.id)}`
      : "Nothing runs on the database: the ORM's schema maps the name.",
    'Review the files and commit them together.',
    ...(expand.steps.length > 0 ? [deployText(deployment)] : []),
    ...(contract.steps.length > 0
      ? [
          `The contract (${count(contract.steps.length, 'step')}) is held in ${plans}/${plan.id}/ and not applied. ${contract.opensWhen.replace(/\.$/, '')}, release it:\n  npx expand-contract contract ${shell(plan.id)}`,
        ]
      : []),
  ]
  const lines = steps.map((step, i) => {
    const [first = '', ...rest] = wrap(step, width - 5).split('\n')
    return [`  ${i + 1}. ${first}`, ...rest.map((line) => `     ${line}`)].join('\n')
  })
  return `${paint.green(`Wrote ${count(files, 'file')}.`)}\n\n${paint.bold('Next')}\n${lines.join('\n')}\n`
}

function deployText({ migrator, runs }: Deployment): string {
  if (runs)
    return `Deploy the expand stage, then the new code; old and new code both work from then on:\n  npx expand-contract deploy     (or ${migrator}, without its short waits for locks)`
  return `Deploy the expand stage, then the new code; old and new code both work from then on. Each of its files needs a transaction of its own, and ${migrator} puts all that is pending into one, so it stops at them and changes nothing. Instead:\n  npx expand-contract deploy`
}
