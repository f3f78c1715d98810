import { type Server, startServer } from '@expand-contract/postgres'
import type { Client } from 'pg'

/** A running server and a way to have a fresh database on it. */
export async function scratch(): Promise<{ server: Server; database(): Promise<Client> }> {
  const server = await startServer()
  let count = 0
  return {
    server,
    async database() {
      const name = `drizzle_${count++}`
      await server.create(name)
      return server.connect(name)
    },
  }
}

/** Tables with their columns, indexes and triggers outside PostgreSQL's and Drizzle's own schemas, as comparable lines. */
export async function schemaLines(client: Client): Promise<string[]> {
  const { rows } = await client.query<{ line: string }>(`
    SELECT format('%s.%s %s%s', table_name, column_name, data_type, CASE is_nullable WHEN 'NO' THEN ' not null' ELSE '' END) AS line
    FROM information_schema.columns WHERE table_schema = 'public'
    UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
    UNION ALL SELECT 'trigger ' || tgname FROM pg_trigger WHERE NOT tgisinternal
    UNION ALL SELECT 'function ' || proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    ORDER BY 1`)
  return rows.map((r) => r.line)
}
