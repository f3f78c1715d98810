import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'

// Whole processes, cold, in turn (ours, squawk, ours, squawk, …), so that both meet the same machine. Ratios are the message.
const RUNS = 7
const root = join(import.meta.dirname, '..')
const ours = [process.execPath, join(root, 'packages/cli/dist/bin.js')]
const squawk = [process.execPath, join(root, 'node_modules/.bin/squawk')]

interface Case {
  readonly name: string
  readonly a: readonly string[]
  readonly b: readonly string[]
}

function seconds(command: readonly string[]): number {
  const [file = '', ...args] = command
  const start = performance.now()
  const run = spawnSync(file, args, { stdio: 'ignore', env: { ...process.env, NO_COLOR: '1' } })
  if (run.error) throw run.error
  if (run.status !== 0 && run.status !== 1) throw new Error(`exit ${run.status}: ${command.join(' ')}`)
  return (performance.now() - start) / 1000
}

function median(values: readonly number[]): number {
  return [...values].sort((x, y) => x - y)[Math.floor(values.length / 2)] ?? Number.NaN
}

function measure({ name, a, b }: Case): void {
  seconds(a)
  seconds(b)
  const pairs = Array.from({ length: RUNS }, () => ({ a: seconds(a), b: seconds(b) }))
  const ratio = median(pairs.map((p) => p.a / p.b))
  const show = (values: number[]): string =>
    `${median(values).toFixed(2)} s (${Math.min(...values).toFixed(2)} to ${Math.max(...values).toFixed(2)})`
  console.log(
    `${name}\n  check  ${show(pairs.map((p) => p.a))}\n  squawk ${show(pairs.map((p) => p.b))}\n  ratio  ${ratio.toFixed(2)}, median of ${RUNS} pairs\n`,
  )
}

function migrationFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((f) => f.endsWith('migration.sql'))
    .sort()
    .map((f) => join(folder, f))
}

const one = join(root, 'examples/prisma-rename/prisma/migrations')
const newest = migrationFiles(one).at(-1)
if (!newest) throw new Error(`no migration in ${one}`)
measure({ name: 'one file, cold', a: [...ours, 'check', newest], b: [...squawk, newest] })

const archive = join(root, '../shared/corpus/histories.tar.xz')
if (existsSync(archive)) {
  const folder = mkdtempSync(join(tmpdir(), 'expand-contract-bench-'))
  try {
    spawnSync('tar', ['xJf', archive, '-C', folder, '--wildcards', 'prisma/triggerdotdev__trigger.dev/*'])
    const files = migrationFiles(folder)
    const histories = [...new Set(files.map((f) => join(f, '../..')))]
    console.log(`trigger.dev: ${files.length} migrations in ${histories.length} histories`)
    measure({ name: 'a whole history', a: [...ours, 'check', ...histories], b: [...squawk, ...files] })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
} else {
  console.log('SKIPPED a whole history: ../shared/corpus is not here')
}
