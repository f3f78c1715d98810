import { type Server, shadowName } from '@expand-contract/postgres'
import type { Client } from 'pg'
import { onTestFinished } from 'vitest'

/** A database of its own, with the URL that a user would have. */
export interface Live {
  readonly name: string
  readonly url: string
  readonly client: Client
  connect(): Promise<Client>
}

/** Creates a database for one test; connections are ended and the database dropped when it ends. */
export async function liveDatabase(server: Server): Promise<Live> {
  const name = shadowName()
  await server.create(name)
  const open: Client[] = []
  const connect = async (): Promise<Client> => {
    const client = await server.connect(name)
    open.push(client)
    return client
  }
  const client = await connect()
  onTestFinished(async () => {
    for (const each of open) await each.end()
    await server.drop(name)
  })
  return { name, url: urlOf(client, name), client, connect }
}

/** The URL of a database that a client is connected to, by socket or by port. */
export function urlOf({ user = '', password, host, port }: Client, database: string): string {
  const who = `${encodeURIComponent(user)}:${encodeURIComponent(password ?? '')}`
  return `postgresql://${who}@localhost:${port}/${database}?host=${encodeURIComponent(host)}`
}
