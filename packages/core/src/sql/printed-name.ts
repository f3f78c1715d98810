import { isKeyword } from './parser.ts'

const known = new Map<string, boolean>()

/** A name as PostgreSQL's `quote_ident` prints it: quoted only where it must be. For text that is compared with what a server prints. */
export function printedName(name: string): string {
  let plain = known.get(name)
  if (plain === undefined) {
    plain = /^[a-z_][a-z0-9_]*$/.test(name) && !isKeyword(name)
    known.set(name, plain)
  }
  return plain ? name : `"${name.replaceAll('"', '""')}"`
}
