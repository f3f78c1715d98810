import { hostname, userInfo } from 'node:os'

/** Who runs this, for the ledger: `ana@laptop`. In a container without users, their number. */
export function whoRuns(): string {
  try {
    return `${userInfo().username}@${hostname()}`
  } catch {
    return `${process.getuid?.() ?? 'somebody'}@${hostname()}`
  }
}
