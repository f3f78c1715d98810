import { Client, type ClientConfig } from 'pg'
import { runBackfill } from '../../src/backfill/backfill.ts'
import { inLedger } from '../../src/backfill/in-ledger.ts'
import { APPLICATION } from '../../src/backfill/signals.ts'
import { copy, countUp } from './steps.ts'

/** A worker as a process of its own, to be killed: its connection and what to fill stand in the first argument, as JSON. */
interface Task {
  readonly config: ClientConfig
  readonly plan: string
  readonly what: 'copy' | 'count'
}

const { config, plan, what } = JSON.parse(process.argv[2] ?? '') as Task
const take = async (): Promise<Client> => {
  const client = new Client({ ...config, application_name: APPLICATION })
  client.on('error', () => undefined)
  await client.connect()
  return client
}
const result = await runBackfill(what === 'copy' ? copy('t') : countUp('t'), {
  connections: { take, give: (client) => client.end().catch(() => undefined) },
  checkpoint: inLedger({ plan, step: '02-backfill' }),
  target: 20,
  ...(what === 'count' && { walk: 'keys' as const }),
})
process.stdout.write(JSON.stringify(result))
