import { count, type Law, verdict } from './law.ts'

/** Law 4: no lock is stronger than the step declares, nothing is rewritten, nothing is scanned under a lock that stops writers. */
export const locks: Law = {
  law: 4,
  name: 'locks as declared',
  async prove({ rehearsal: { findings, failure, steps, statements } }) {
    const all = failure ? [...findings, failure.message] : findings
    return verdict(locks, statements, `${count(steps, 'step')}, ${count(statements, 'statement')} observed`, all)
  },
}
