import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { corpusArchive, unpackCorpus } from '../test/support/corpus.ts'
import { benchBackfill } from './bench/backfill.ts'
import { benchDeploy } from './bench/deploy.ts'
import { generatedHistory, migrationsOf, pieces, wholeHistories } from './bench/histories.ts'
import { type Command, compare } from './bench/measure.ts'

// `npm run bench`: how fast migrations are checked. `npm run bench -- backfill [rows] [ms of a batch]`: how fast a table is filled, see bench/backfill.ts.
// `npm run bench -- deploy [rows] [strategy]`: how long an application waits while a migration is applied, as it was and as its plan, see bench/deploy.ts.
// Whole processes, cold, in turn (ours, other, ours, other, …), so that both meet the same machine. Ratios of one run are the message; nothing here can fail.
const root = join(import.meta.dirname, '..')
const bin = join(root, 'packages/cli/dist/bin.js')
const native = join(root, `node_modules/@squawk-cli/${process.platform}-${process.arch}/bin/squawk`)
const node: Command = { name: 'node alone', command: [process.execPath, '--input-type=module', '-e', '0'] }
const check = (name: string, paths: readonly string[]): Command => ({ name, command: [process.execPath, bin, 'check', ...paths] })
const squawk = (name: string, files: readonly string[]): Command => ({ name, command: [native, ...files] })

const removals: (() => void)[] = []

function oneFile(): void {
  compare('one file, cold', check('check', migrationsOf(join(root, 'examples/prisma-rename/prisma/migrations')).slice(-1)), node)
}

function corpus(): void {
  if (!corpusArchive) {
    console.log('SKIPPED one file in a long history, and 1,000 and 4,000 real files: ../shared/corpus is not here\n')
    return
  }
  const { folder, remove } = unpackCorpus()
  removals.push(remove)
  const files = migrationsOf(join(folder, 'prisma/triggerdotdev__trigger.dev/internal-packages/database/prisma/migrations'))
  compare(`the newest of a history of ${files.length}, cold (target: under 0.6 s)`, check('check', files.slice(-1)), node)

  const all = wholeHistories(folder)
  const [few, many] = [pieces(all, 1_000), pieces(all, 4_000)]
  const size = (piece: typeof few): string => `${piece.files.length} real files in ${piece.folders.length} histories`
  compare(`${size(few)} (target: at most 2 times native squawk)`, check('check', few.folders), squawk('squawk', few.files))
  // These files differ in size: what squawk, which keeps no schema, takes for both tells how much more SQL the many are.
  compare(`${size(many)} against the ${few.files.length}`, check('check many', many.folders), check('check few', few.folders))
  compare('the same for squawk', squawk('squawk many', many.files), squawk('squawk few', few.files))
}

function generated(): void {
  const folder = mkdtempSync(join(tmpdir(), 'expand-contract-bench-'))
  removals.push(() => rmSync(folder, { recursive: true, force: true }))
  const few = generatedHistory(join(folder, '1000'), 1_000)
  const many = generatedHistory(join(folder, '4000'), 4_000)
  const title = 'one generated history of 4,000 against 1,000, every second migration makes a table (target: at most 4.4 times)'
  compare(title, check('check 4,000', [many]), check('check 1,000', [few]))
  compare('1,000 generated files (target: at most 2 times native squawk)', check('check', [few]), squawk('squawk', migrationsOf(few)))
}

const [what, rows = '250000', more] = process.argv.slice(2)

try {
  if (what === 'backfill') await benchBackfill(Number(rows), Number(more ?? 50))
  else if (what === 'deploy') await benchDeploy(Number(rows), more)
  else {
    oneFile()
    if (existsSync(native)) {
      corpus()
      generated()
    } else console.log(`SKIPPED all that is compared with squawk: ${native} is not installed`)
  }
} finally {
  for (const remove of removals) remove()
}
