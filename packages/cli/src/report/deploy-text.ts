import type { Blocker, DeployEvent } from '@expand-contract/postgres'
import { bar, count, type Style, wrap } from './style.ts'

/** The line that an event leaves behind; undefined where it is only of the moment. */
export function eventLine(event: DeployEvent, { paint, width }: Style): string | undefined {
  switch (event.kind) {
    case 'applied': {
      const more = [duration(event.ms), ...(event.tries > 1 ? [`${event.tries} tries`] : []), ...(event.again ? ['was done before'] : [])]
      return `${paint.green('applied')}  ${event.migration}  ${paint.dim(`(${more.join(', ')})`)}`
    }
    case 'blocked': {
      const who = event.blockers.map((b) => `\n${wrap(blockerText(b), width, '         ')}`).join('')
      return `${paint.yellow('waits')}    no lock at try ${event.tries}, again in ${duration(event.pause)}${who}`
    }
    case 'waits': {
      const who = event.holder ? `pid ${event.holder.pid} "${event.holder.application}"` : 'another session'
      return `${paint.yellow('waits')}    another deploy is at work in this database (${who})`
    }
    case 'leftover':
      return `${paint.yellow('clears')}   ${event.what}`
    case 'kept': {
      const rows = event.rows === undefined ? '' : ` (${count(event.rows, 'row')})`
      return `${paint.green('keeps')}    ${event.what} in ${event.where}${rows}`
    }
    default:
      return undefined
  }
}

/** What is going on now, for the line that moves. */
export function sayingOf(event: DeployEvent): string | undefined {
  switch (event.kind) {
    case 'begins':
      return `${event.number}/${event.of} ${event.migration}${event.step ? `: ${event.step.title}` : ''}`
    case 'progress': {
      const part = event.part === undefined ? '' : ` ${bar(event.part)}`
      const [first] = event.blockers
      return `${event.what}${part}${first ? `, waits for pid ${first.pid} "${first.application}"` : ''}`
    }
    case 'blocked':
      return `no lock at try ${event.tries}, again in ${duration(event.pause)}`
    case 'waits':
      return 'waiting for another deploy'
    default:
      return undefined
  }
}

/** `pid 4711 "app" of ana, idle in transaction, its transaction open for 12 s: UPDATE …` */
export function blockerText({ pid, application, user, state, seconds, query }: Blocker): string {
  const who = `pid ${pid}${application ? ` "${application}"` : ''}${user ? ` of ${user}` : ''}`
  return `${who}, ${state}, its transaction open for ${Math.round(seconds)} s${query ? `: ${query}` : ''}`
}

/** The end of a deploy. `held` is how many contracts are not among the migrations yet. */
export function deployedText(applied: number, held: number, { paint }: Style): string {
  if (applied === 0) return 'Nothing to apply: the database has all migrations of the folder.\n'
  const then = held > 0 ? ` ${count(held, 'contract is', 'contracts are')} not applied by this: each waits until no old code runs.` : ''
  return `${paint.green(`Applied ${count(applied, 'migration')}.`)}${then}\n`
}

/** A step or migration that the database refused: what was applied before it stays. */
export function failureText(message: string, { paint, width }: Style): string {
  return `${paint.red('stopped')}\n${wrap(message, width, '  ')}\n\nWhat was applied before stays applied and is safe to stay. When the cause is mended, run the same command again: it goes on here.\n`
}

function duration(ms: number): string {
  return ms < 1_000 ? `${ms} ms` : `${(ms / 1000).toFixed(1)} s`
}
