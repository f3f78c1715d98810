import { parseStatements, sliceBytes } from '@expand-contract/core'
import { init, parse } from '@guanmingchiu/sqlparser-ts'
import type { RunScript } from './connection.ts'

await init()

/** Prisma up to 7.3: the whole file is one simple query, and with that one implicit transaction. */
export const wholeFile: RunScript = async (client, script) => {
  await client.query(script)
}

/**
 * Prisma 7.4 and later: the file is split by `sqlparser` (the same Rust crate, the same version) and each statement is sent by itself; a file that it
 * can't parse is sent whole.
 */
export const eachStatement: RunScript = async (client, script) => {
  for (const sql of splitLikePrisma(script)) await client.query(sql)
}

/** The pieces that Prisma 7.4 and later sends. */
export function splitLikePrisma(script: string): string[] {
  try {
    parse(script, 'postgresql')
  } catch {
    return [script]
  }
  return parseStatements(script).map(({ start, end }) => sliceBytes(script, start, end))
}
