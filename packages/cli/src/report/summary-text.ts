import type { Context } from '../command/context.ts'
import { type CheckReport, type CheckSummary, summaryOf, type UsedBaseline } from './check-report.ts'
import { count, type Style, wrap } from './style.ts'

/** Migrations with findings from which on a baseline is worth a word. */
const MANY = 10
/** How many stale entries are named one by one. */
const SOME = 5

/** Counts, what was passed over, and for which PostgreSQL it holds. */
export function summaryText({ checked, postgres, baseline }: CheckReport, style: Style): string {
  const { paint, width } = style
  const summary = summaryOf(checked)
  const found = summary.withFindings > 0
  const head = found
    ? paint.bold(foundLine(summary))
    : paint.green(`No ${baseline ? 'new ' : ''}hazard in ${count(summary.migrations, 'migration')}.`)
  return [
    head,
    ...passedOver(summary, baseline, style),
    ...(found ? [wrap('What a hazard means: npx expand-contract explain <hazard>', width)] : []),
    ...(summary.withFindings >= MANY && !baseline
      ? [wrap('On an old project: npx expand-contract check --write-baseline, and only new findings are reported from then on.', width)]
      : []),
    ...(summary.migrations > 0 ? [wrap(paint.dim(judgedFor(postgres)), width)] : []),
  ].join('\n')
}

function foundLine(summary: CheckSummary): string {
  const found = [
    count(summary.hazards, 'hazard'),
    ...(summary.refusals > 0
      ? [`${count(summary.refusals, 'place')} that can't be rewritten as ${summary.refusals === 1 ? 'it is' : 'they are'}`]
      : []),
    ...(summary.problems > 0 ? [count(summary.problems, 'other finding')] : []),
    ...(summary.unreadable > 0 ? [`${count(summary.unreadable, 'file')} that can't be read`] : []),
  ]
  return `${found.join(', ')}, in ${summary.withFindings} of ${count(summary.migrations, 'migration')}.`
}

function passedOver({ allowed, hidden }: CheckSummary, baseline: UsedBaseline | undefined, { paint, width }: Style): string[] {
  const stale = baseline?.stale ?? []
  const named = stale.slice(0, SOME).map((e) => `  ${e.migration}  ${e.code}  ${e.on}`)
  return [
    ...(allowed > 0 ? [`${allowed} allowed with a reason (--verbose lists them).`] : []),
    ...(hidden > 0 && baseline ? [`${count(hidden, 'known finding')} hidden by ${baseline.file} (--no-baseline shows them).`] : []),
    ...(stale.length > 0 && baseline
      ? [
          paint.yellow(
            `${count(stale.length, 'entry', 'entries')} of ${baseline.file} ${stale.length === 1 ? 'matches' : 'match'} nothing any more:`,
          ),
          ...named,
          ...(stale.length > SOME ? [`  and ${stale.length - SOME} more`] : []),
          wrap('Remove what is stale: npx expand-contract check --write-baseline', width),
        ]
      : []),
  ]
}

const BY: Readonly<Record<Context['postgresBy'], string>> = {
  flag: 'as --postgres says',
  database: 'which the database runs; --postgres <major> says otherwise',
  dump: 'which the dump was made from; --postgres <major> says otherwise',
  configuration: 'as the configuration says',
  default: 'the oldest supported; --postgres <major> says otherwise',
}

function judgedFor({ postgres, postgresBy }: CheckReport['postgres']): string {
  return `Judged for PostgreSQL ${postgres} and newer (${BY[postgresBy]}).`
}
