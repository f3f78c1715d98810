/** PostgreSQL's eight table lock modes, weakest first, spelled as in its documentation. */
export const LOCK_MODES = [
  'ACCESS SHARE',
  'ROW SHARE',
  'ROW EXCLUSIVE',
  'SHARE UPDATE EXCLUSIVE',
  'SHARE',
  'SHARE ROW EXCLUSIVE',
  'EXCLUSIVE',
  'ACCESS EXCLUSIVE',
] as const

export type LockMode = (typeof LOCK_MODES)[number]

/** Position in {@link LOCK_MODES}: compare two modes with it. */
export function lockStrength(mode: LockMode): number {
  return LOCK_MODES.indexOf(mode)
}
