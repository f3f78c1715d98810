import { spawnSync } from 'node:child_process'
import { performance } from 'node:perf_hooks'

/** A process to measure. */
export interface Command {
  readonly name: string
  readonly command: readonly string[]
}

/** Seconds. `cpu`: of all threads, user and system. */
interface Cost {
  readonly wall: number
  readonly cpu: number
}

const RUNS = 7

/** Runs two commands in turn, after one run of each that does not count, and prints what both cost and how often the second goes into the first. */
export function compare(title: string, a: Command, b: Command): void {
  run(a)
  run(b)
  const pairs = Array.from({ length: RUNS }, () => [run(a), run(b)] as const)
  const width = Math.max(a.name.length, b.name.length)
  const line = (name: string, costs: readonly Cost[]): string =>
    `  ${name.padEnd(width)}  ${range(costs.map((c) => c.wall))}, cpu ${range(costs.map((c) => c.cpu))}`
  const ratio = (of: (cost: Cost) => number): string => median(pairs.map(([x, y]) => of(x) / of(y))).toFixed(2)
  const first = pairs.map(([x]) => x)
  const second = pairs.map(([, y]) => y)
  console.log(`${title}\n${line(a.name, first)}\n${line(b.name, second)}`)
  console.log(`  ${'ratio'.padEnd(width)}  ${ratio((c) => c.wall)}, of cpu ${ratio((c) => c.cpu)}: medians of ${RUNS} pairs\n`)
}

/** The shell's `times` tells what its children used. */
function run({ command }: Command): Cost {
  const start = performance.now()
  const shell = spawnSync('sh', ['-c', '"$@" >/dev/null 2>&1; code=$?; times; exit $code', 'sh', ...command], {
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
  })
  const wall = (performance.now() - start) / 1000
  if (shell.error) throw shell.error
  if (shell.status !== 0 && shell.status !== 1) throw new Error(`exit ${shell.status}: ${command.slice(0, 4).join(' ')}`)
  const children = shell.stdout.trim().split('\n').at(-1) ?? ''
  const cpu = [...children.matchAll(/(\d+)m([\d.]+)s/g)].reduce((sum, [, m, s]) => sum + Number(m) * 60 + Number(s), 0)
  return { wall, cpu }
}

function median(values: readonly number[]): number {
  return values.toSorted((x, y) => x - y)[Math.floor(values.length / 2)] ?? Number.NaN
}

function range(values: readonly number[]): string {
  return `${median(values).toFixed(2)} s (${Math.min(...values).toFixed(2)} to ${Math.max(...values).toFixed(2)})`
}
