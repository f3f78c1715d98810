import { readScript } from '@expand-contract/core'
import type { Client } from 'pg'

/**
 * Sends a migration to a database statement by statement, as CREATE INDEX CONCURRENTLY and new enum values need; a command that was split goes out whole, once.
 * Says what the server refused. The session is as new afterwards: a migration's settings and temporary tables end with it.
 */
export async function runMigration(client: Client, text: string): Promise<string | undefined> {
  const script = readScript(text)
  if (script.unreadable) return `line ${script.unreadable.line}: ${script.unreadable.message}`
  const bytes = Buffer.from(text)
  for (const { span, split, line } of script.statements) {
    if (split.part > 0) continue
    try {
      await client.query(bytes.subarray(span.start, span.end).toString())
    } catch (error) {
      return `line ${line}: ${error instanceof Error ? error.message : String(error)}`
    }
  }
  // A migration that leaves its transaction open commits nothing.
  if (client.getTransactionStatus() !== 'I') await client.query('ROLLBACK')
  await client.query('DISCARD ALL')
  return undefined
}
