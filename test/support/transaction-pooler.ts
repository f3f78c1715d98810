import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Client } from 'pg'

/** First bytes of the answers that a pooler gives by itself: AuthenticationOk, and ReadyForQuery outside a transaction. */
const WELCOME = Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 0, 0x5a, 0, 0, 0, 5, 0x49])
const READY = 0x5a
const IDLE = 0x49

/**
 * A pooler in transaction mode, small but real: all clients share one server session, which belongs to a client from its first message until the server is idle again.
 * `server` is a client that is connected to the database; its socket becomes the shared session.
 */
export async function startPooler(server: Client): Promise<{ folder: string; stop: () => Promise<void> }> {
  const shared = (server as unknown as { connection: { stream: Socket } }).connection.stream
  shared.removeAllListeners('data')
  let owner: Socket | undefined
  const waiting: { client: Socket; data: Buffer }[] = []
  const next = (): void => {
    const turn = owner === undefined ? waiting.shift() : undefined
    if (!turn) return
    owner = turn.client
    shared.write(turn.data)
  }
  shared.on('data', (data: Buffer) => {
    owner?.write(data)
    // The last message of an answer, and it says that no transaction is open.
    if (data.at(-6) === READY && data.at(-1) === IDLE) {
      owner = undefined
      next()
    }
  })
  const clients = new Set<Socket>()
  const listener = createServer((client) => {
    let isKnown = false
    clients.add(client)
    client.on('error', () => undefined)
    client.on('data', (data) => {
      if (!isKnown) {
        isKnown = true
        client.write(WELCOME)
      } else if (data[0] === 0x58) client.end()
      else if (owner === client) shared.write(data)
      else {
        waiting.push({ client, data })
        next()
      }
    })
  })
  const folder = mkdtempSync(path.join(tmpdir(), 'expand-contract-pooler-'))
  await new Promise<void>((resolve) => listener.listen(path.join(folder, '.s.PGSQL.5432'), resolve))
  return {
    folder,
    stop: async () => {
      for (const client of clients) client.destroy()
      await new Promise((resolve) => listener.close(resolve))
      shared.destroy()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
