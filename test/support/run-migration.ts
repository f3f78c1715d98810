import { readScript } from '@expand-contract/core'
import type { Client } from 'pg'

/**
 * Sends a migration to a database as one message, which is one transaction, as both ORMs do; where that fails, statement by statement, as CREATE INDEX CONCURRENTLY
 * and new enum values need. One that begins or commits by itself goes statement by statement, for Drizzle inside the transaction that it starts. A command that
 * was split goes out whole, once. Says what the server refused. The session is as new afterwards: a migration's settings and temporary tables end with it.
 */
export async function runMigration(client: Client, text: string, orm = ''): Promise<string | undefined> {
  const script = readScript(text)
  if (script.unreadable) return `line ${script.unreadable.line}: ${script.unreadable.message}`
  const commitsItself = script.statements.some(({ node }) => 'TransactionStmt' in node)
  const isDone = !commitsItself && (await refusal(client, text)) === undefined
  if (!isDone) {
    await restart(client)
    if (commitsItself && orm === 'drizzle') await client.query('BEGIN')
    const bytes = Buffer.from(text)
    for (const { span, split, line } of script.statements) {
      if (split.part > 0) continue
      const refused = await refusal(client, bytes.subarray(span.start, span.end).toString())
      if (refused !== undefined) return `line ${line}: ${refused}`
    }
    if (commitsItself && orm === 'drizzle') await client.query('COMMIT')
  }
  await restart(client)
  return undefined
}

async function refusal(client: Client, sql: string): Promise<string | undefined> {
  try {
    await client.query(sql)
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

/** A migration that leaves its transaction open commits nothing. */
async function restart(client: Client): Promise<void> {
  if (client.getTransactionStatus() !== 'I') await client.query('ROLLBACK')
  await client.query('DISCARD ALL')
}
