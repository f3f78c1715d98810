import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { UserError } from '@expand-contract/core'
import type { FillReport } from '@expand-contract/postgres'

/** What a Prometheus server may ask for while a backfill runs. */
export interface Metrics {
  saw(report: FillReport): void
  /** Where it listens: the port may have been the system's choice. */
  readonly port: number
  close(): Promise<void>
}

/** Each with its type, its meaning and how a report tells it; undefined: not known now. */
const GAUGES: readonly (readonly [name: string, type: 'gauge' | 'counter', help: string, value: (r: FillReport) => number | undefined])[] =
  [
    ['rows_total', 'counter', 'Rows changed so far, by all workers.', (r) => r.rows],
    ['done_ratio', 'gauge', 'How far the present pass is, from 0 to 1.', (r) => r.part],
    ['pass', 'gauge', '1 is the first time through the table.', (r) => r.pass],
    ['rows_per_second', 'gauge', 'Rows changed a second, by all workers.', (r) => r.rate],
    ['remaining_seconds', 'gauge', 'Until this pass is done, at the present rate.', (r) => r.left],
    ['batch_seconds', 'gauge', 'What a batch takes, as a moving average.', (r) => r.batch / 1000],
    ['replica_lag_seconds', 'gauge', 'How far the furthest replica is behind.', (r) => r.lag],
    ['waiting', 'gauge', '1 while it waits or rests.', (r) => (r.state === undefined ? 0 : 1)],
  ]

/** The reports as Prometheus text. */
export function metricsText(plan: string, reports: Iterable<FillReport>): string {
  const all = [...reports]
  return GAUGES.flatMap(([name, type, help, value]) => {
    const full = `expand_contract_backfill_${name}`
    const lines = all.flatMap((report) => {
      const now = value(report)
      return now === undefined ? [] : [`${full}{plan="${label(plan)}",step="${label(report.step.id)}"} ${now}`]
    })
    return lines.length === 0 ? [] : [`# HELP ${full} ${help}`, `# TYPE ${full} ${type}`, ...lines]
  })
    .map((line) => `${line}\n`)
    .join('')
}

function label(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
}

/** Listens on `[host:]port`; the host is the machine itself where none is given. Throws {@link UserError} where that can't be done. */
export async function serveMetrics(at: string, plan: string): Promise<Metrics> {
  const [, host = '127.0.0.1', port] = /^(?:(.+):)?(\d{1,5})$/.exec(at) ?? []
  if (port === undefined)
    throw new UserError(`--metrics ${at} is no place to listen on. Give a port, or host:port, such as --metrics 0.0.0.0:9464`)
  const latest = new Map<string, FillReport>()
  const server = createServer((request, response) => {
    const isThere = request.url === '/metrics' || request.url === '/'
    response.writeHead(isThere ? 200 : 404, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' })
    response.end(isThere ? metricsText(plan, latest.values()) : 'See /metrics\n')
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(Number(port), host.replace(/^\[|\]$/g, ''), resolve)
  }).catch((error: Error) => {
    throw new UserError(`--metrics ${at}: it is not possible to listen there (${error.message}). Give another port.`)
  })
  return {
    saw: (report) => void latest.set(report.step.id, report),
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
