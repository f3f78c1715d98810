import {
  buildMigration,
  type Hazard,
  lockStrength,
  type Plan,
  planMigration,
  type Refusal,
  readScript,
  replayHistory,
} from '@expand-contract/core'
import type { HazardCase } from './case.ts'
import { type Deed, isHarmful, type Observed, strongestMode, WORKS } from './observed.ts'

/** What `check` says of a case on one version. */
export function checkCase(one: HazardCase, postgres: number): Plan {
  const last = replayHistory([
    { id: '0001_before', text: one.before },
    { id: '0002_case', text: one.migration },
  ]).at(-1)
  if (!last) throw new Error('no migration')
  return planMigration(buildMigration(last, [], postgres, one.sending))
}

/** Hazards as a case writes them, and refusals that name none. */
export function printCheck({ hazards, refusals }: Plan, advice: readonly Hazard[]): string[] {
  const silent = refusals.filter((r) => r.hazards.length === 0)
  return [
    ...hazards.map((h) => `${h.line}:${h.column} ${h.code}${advice.includes(h) ? ' (advice)' : ''}`),
    ...silent.map((r: Refusal) => `${r.line} refused`),
  ]
}

/** Where what `check` says and what the server did don't agree, in words; empty where they do. */
export function disagreements(
  one: HazardCase,
  plan: Plan,
  observed: Observed,
  advice: readonly Hazard[],
  instead: readonly Deed[],
): string[] {
  const lost = observed.oldCode.some((code) => code !== WORKS)
  const serious = plan.hazards.filter((h) => !advice.includes(h))
  const found: string[] = []
  const script = readScript(one.migration)
  if (script.unreadable) return plan.refusals.length > 0 ? [] : ['what can not be read is not refused']
  const commands = script.statements.filter((s) => s.split.part === 0)
  for (const deed of observed.deeds) {
    const span = commands[deed.command - 1]?.span
    const own = serious.filter((h) => span && isInside(one.migration, h, span))
    const own2 = own.filter((h) => h.harm !== 'compatibility' && !(h.harm === 'data' && lost))
    if (isHarmful(deed) && own2.length === 0) found.push(`MISS: command ${deed.command} is harmful and no hazard says so`)
    if (!isHarmful(deed) && own2.length > 0)
      found.push(`FALSE ALARM: command ${deed.command} does no harm: ${own2.map((h) => h.code).join(', ')}`)
  }
  const breaks = serious.filter((h) => h.harm === 'compatibility' || (h.harm === 'data' && !found.length && lost))
  if (lost && breaks.length === 0) found.push('MISS: old code fails and no hazard says so')
  if (!lost && serious.some((h) => h.harm === 'compatibility')) found.push('FALSE ALARM: no old code fails')
  if (advice.length > 0) {
    const [taken, less] = [strongestMode(observed.deeds), strongestMode(instead)]
    if (instead.some((d) => isHarmful(d))) found.push('the safe sequence does harm')
    if (!taken || (less && lockStrength(less) >= lockStrength(taken))) found.push(`the safe sequence takes ${less}, not less than ${taken}`)
  }
  return found
}

/** Whether a hazard's place lies in a command. */
function isInside(text: string, { line, column }: Hazard, span: { start: number; end: number }): boolean {
  const before = text.split('\n').slice(0, line - 1)
  const at = before.reduce((sum, l) => sum + l.length + 1, 0) + column - 1
  const byte = Buffer.byteLength(text.slice(0, at))
  return span.start <= byte && byte < span.end
}
