import type { Plan } from '@expand-contract/core'
import { count, type Style, wrap } from './style.ts'

/** What was written and where. */
export interface Written {
  /** The adapter's id. */
  readonly orm: string
  readonly files: number
  /** The folder of the plans as shown. */
  readonly plans: string
}

/** How people deploy with each ORM; an unknown one in general words. */
const DEPLOY: Readonly<Record<string, string>> = { prisma: 'npx prisma migrate deploy', drizzle: 'npx drizzle-kit migrate' }

/** What to do after a rewrite was written, in order. */
export function nextText(plan: Plan, { orm, files, plans }: Written, { paint, width }: Style): string {
  const [expand, contract] = plan.stages
  const deploy = DEPLOY[orm] ?? "your ORM's migrator"
  const steps = [
    ...(expand.steps.length + contract.steps.length > 0
      ? [`Prove it on a scratch PostgreSQL:\n  expand-contract verify ${plan.id}`]
      : ['Nothing runs on the database: the schema of the ORM maps the name.']),
    'Review the files and commit them together.',
    ...(expand.steps.length > 0
      ? [`Deploy the expand stage as you always do, then the new code; old and new code both work from then on:\n  ${deploy}`]
      : []),
    ...(contract.steps.length > 0
      ? [
          `The contract (${count(contract.steps.length, 'step')}) is held in ${plans}/${plan.id}/ and not applied. When it may go: ${lower(contract.opensWhen)}`,
        ]
      : []),
  ]
  const lines = steps.map((step, i) =>
    wrap(step, width - 5, '')
      .split('\n')
      .map((line, n) => `  ${n === 0 ? `${i + 1}.` : '  '} ${line}`)
      .join('\n'),
  )
  return `${paint.green(`Wrote ${count(files, 'file')}.`)}\n\n${paint.bold('Next')}\n${lines.join('\n')}\n`
}

function lower(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1)
}
