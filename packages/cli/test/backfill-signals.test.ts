import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Backfill } from '@expand-contract/core'
import { expect, it, onTestFinished } from 'vitest'
import { serveMetrics } from '../src/backfill/metrics.ts'
import { askUrl } from '../src/backfill/probe-url.ts'

it('waits for what a URL answers, and never repeats it', async () => {
  let status = 204
  const server = createServer((_, response) => response.writeHead(status).end())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/?token=secret`
  expect(await askUrl(url)).toBeUndefined()
  status = 503
  expect(await askUrl(url)).toBe("the probe's URL answers 503")
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
  expect(await askUrl(url)).toBe("the probe's URL can not be reached")
})

it('serves what it is told last, of each step', async () => {
  const metrics = await serveMetrics('0', 'the "plan"')
  const step = { id: '02-backfill' } as Backfill
  metrics.saw({ step, batch: 40, rate: undefined, left: undefined, lag: undefined, state: undefined })
  metrics.saw({
    step,
    batch: 50,
    rate: 1000,
    left: 9,
    lag: 2,
    state: 'autovacuum works on the table',
    rows: 77,
    part: 0.5,
    pass: 1,
    walk: 'keys',
  })
  const at = `http://127.0.0.1:${metrics.port}`
  const text = await (await fetch(`${at}/metrics`)).text()
  expect(text).toContain(
    '# TYPE expand_contract_backfill_rows_total counter\nexpand_contract_backfill_rows_total{plan="the \\"plan\\"",step="02-backfill"} 77\n',
  )
  expect(text).toContain('batch_seconds{plan="the \\"plan\\"",step="02-backfill"} 0.05\n')
  expect(text).toContain('waiting{plan="the \\"plan\\"",step="02-backfill"} 1\n')
  expect((await fetch(`${at}/else`)).status).toBe(404)
  await expect(serveMetrics(String(metrics.port), 'p')).rejects.toThrow(/not possible to listen there .*Give another port/)
  await expect(serveMetrics('port', 'p')).rejects.toThrow(/no place to listen/)
  await metrics.close()
})
