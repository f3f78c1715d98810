import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from 'pg'
import type { Server } from '../../packages/postgres/src/server.ts'
import type { Meter } from './fill-table.ts'

const CLIENTS = 4
/** Milliseconds between two operations of a client: about 400 a second in all. */
const PAUSE = 10
/** Milliseconds of the application alone. */
const REST = 8_000

/** Prints how long the operations of an application take, alone and while the table is filled in each of the ways. */
export async function latencies(
  server: Server,
  client: Client,
  rows: number,
  ways: Readonly<Record<string, (meter: Meter) => Promise<void>>>,
  again: () => Promise<void>,
): Promise<void> {
  console.log(`An application of ${CLIENTS} clients reads and writes rows at random:`)
  print('at rest', await during(server, rows, () => sleep(REST)))
  for (const [name, way] of Object.entries(ways)) {
    await again()
    const meter = { take: () => server.connect('postgres'), give: (used: Client) => used.end(), took: () => {} }
    print(`during ${name}`, await during(server, rows, () => way(meter)))
    await client.query('CHECKPOINT')
  }
  console.log('  (aim: p99 within twice of rest, longest under 50 ms)\n')
}

async function during(server: Server, rows: number, work: () => Promise<void>): Promise<number[]> {
  const times: number[] = []
  let running = true
  const clients = Array.from({ length: CLIENTS }, async () => {
    const client = await server.connect('postgres')
    for (let i = 0; running; i++) {
      const id = 1 + Math.floor(Math.random() * rows)
      const start = performance.now()
      if (i % 2 === 0) await client.query('SELECT * FROM "Item" WHERE "id" = $1', [id])
      else await client.query(`UPDATE "Item" SET "${i % 4 === 1 ? 'amount' : 'owner'}" = "owner" + 1 WHERE "id" = $1`, [id])
      times.push(performance.now() - start)
      await sleep(PAUSE)
    }
    await client.end()
  })
  await work()
  running = false
  await Promise.all(clients)
  return times.sort((a, b) => a - b)
}

function print(name: string, times: readonly number[]): void {
  const at = (part: number): string => (times[Math.min(times.length - 1, Math.floor(times.length * part))] ?? Number.NaN).toFixed(1)
  console.log(`  ${name.padEnd(20)} p50 ${at(0.5)} ms, p99 ${at(0.99)}, longest ${at(1)}, ${times.length} operations`)
}
