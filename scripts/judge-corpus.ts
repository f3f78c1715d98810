import { installedVersions, type Server, startServer } from '@expand-contract/postgres'
import { type CorpusHistory, corpusArchive, histories, unpackCorpus } from '../test/support/corpus.ts'
import { type Judged, judgeHistory } from '../test/support/judge-history.ts'
import { offerExtensions, standInFor } from '../test/support/stand-ins.ts'

// npm run judge -- [newest|all|14..18] [part of a project's name] [--every]: every history of the corpus, statement by statement on a real PostgreSQL; after each
// migration the replayed schema must be the server's. A history is judged up to the first statement that the server refuses. Differences are printed where
// they first appear: the first of each history, with --every all of them. With --stand-ins the histories that need what a hoster has get something in its place.
if (!corpusArchive) {
  console.log('SKIPPED: ../shared/corpus is not here')
  process.exit(0)
}
const standsIn = process.argv.includes('--stand-ins')
const every = process.argv.includes('--every')
const [which = 'newest', project = ''] = process.argv.slice(2).filter((arg) => !arg.startsWith('--'))
const all = installedVersions()
const versions = which === 'all' ? all : [which === 'newest' ? Math.max(...all) : Number(which)]
const { folder, remove } = unpackCorpus(project === '' ? [] : [`*${project.split('/')[0]}*`])
let failed = false
try {
  const found = (await histories(folder)).filter((h) => h.name.includes(project))
  for (const version of versions) {
    const server = await startServer({ version })
    const takeBack = standsIn ? await offerExtensions(server) : () => {}
    try {
      failed = !(await judgeAll(server, found)) || failed
    } finally {
      await server.stop()
      takeBack()
    }
  }
} finally {
  remove()
}
process.exit(failed ? 1 : 0)

/** Judges every history and prints what came of it; true where nothing differed. */
async function judgeAll(server: Server, found: readonly CorpusHistory[]): Promise<boolean> {
  const total = {
    histories: found.length,
    runToTheEnd: 0,
    migrations: 0,
    judged: 0,
    equal: 0,
    complete: 0,
    partly: 0,
    blind: 0,
    differ: 0,
    expressions: 0,
    seconds: 0,
  }
  for (const { name, adapter, history } of found) {
    const started = performance.now()
    const verdict = await judgeHistory(server, adapter.id, history.migrations, standsIn ? standInFor(name) : undefined)
    const seconds = (performance.now() - started) / 1000
    total.migrations += history.migrations.length
    total.judged += verdict.judged
    total.equal += verdict.equal
    total.complete += verdict.complete
    total.partly += verdict.equal - verdict.complete - verdict.blind
    total.blind += verdict.blind
    total.differ += verdict.judged - verdict.equal
    total.expressions += verdict.expressions
    total.seconds += seconds
    if (verdict.stopped === undefined) total.runToTheEnd++
    print(name, history.migrations.length, verdict, seconds)
  }
  console.log(`PostgreSQL ${server.major}: ${JSON.stringify({ ...total, seconds: Math.round(total.seconds) })}`)
  const share = (count: number): string => `${((100 * count) / total.judged).toFixed(2)} %`
  console.log(
    `after ${share(total.equal)} of the migrations that PostgreSQL runs nothing differs: after ${share(total.complete)} all of the schema was compared, after ${share(total.blind)} nothing, else all but what is incomplete`,
  )
  return total.equal === total.judged
}

function print(
  name: string,
  migrations: number,
  { judged, equal, complete, blind, tables, expressions, differences, incomplete, stopped }: Judged,
  seconds: number,
): void {
  const figures = `${judged} of ${migrations} judged: ${complete} equal, ${equal - complete - blind} equal but for what is incomplete, ${blind} unknown, ${judged - equal} differ`
  console.log(
    `${equal === judged ? 'equal ' : 'DIFFER'} ${name}: ${figures}; up to ${tables} tables, ${expressions} expressions; ${seconds.toFixed(1)} s`,
  )
  if (stopped !== undefined) console.log(`       PostgreSQL stops at ${stopped}`)
  for (const line of incomplete.slice(0, every ? undefined : 3)) console.log(`       incomplete: ${line}`)
  if (!every && incomplete.length > 3) console.log(`       incomplete: and ${incomplete.length - 3} more`)
  for (const { migration, lines } of differences.slice(0, every ? undefined : 1)) {
    console.log(`       ${migration}:`)
    for (const line of lines.slice(0, every ? undefined : 12)) console.log(`         ${line}`)
  }
}
