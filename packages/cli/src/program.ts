import { Command, Option } from 'commander'
import type { Io } from './io.ts'
import { examples, format, live, positive, postgres, project, repeatable, schemaOptions, seconds } from './options.ts'
import { version } from './version.ts'

/** The commands with their options. `done` gets the exit code of the command that ran. Commands are loaded when they run. */
export function program(io: Io, done: (code: number) => void): Command {
  const root = new Command('expand-contract')
    .description('Makes Prisma and Drizzle migrations safe to run on a live PostgreSQL database.')
    .version(version())
    .exitOverride()
    .configureOutput({ writeOut: io.out, writeErr: io.err, getOutHelpWidth: () => io.width, getErrHelpWidth: () => io.width })
    .configureHelp({ showGlobalOptions: false })
    .showHelpAfterError('(the options are listed by --help)')
  examples(root, [
    ['expand-contract check', 'what would hurt a live database, in all migrations'],
    ['expand-contract rewrite', 'make the newest migration safe'],
    ['expand-contract verify', 'prove every rewrite on a scratch PostgreSQL'],
    ['expand-contract deploy', 'apply what is pending to the database at DATABASE_URL'],
  ])
  addCheck(root, io, done)
  addRewrite(root, io, done)
  addVerify(root, io, done)
  addDoctor(root, io, done)
  addDeploy(root, io, done)
  addBackfill(root, io, done)
  addKept(root, io, done)
  addStages(root, io, done)
  addExplain(root, io, done)
  return root
}

function addCheck(root: Command, io: Io, done: (code: number) => void): void {
  const command = root
    .command('check')
    .description('Find what would hurt a live database. Exit code 1 where something is found.')
    .argument(
      '[paths...]',
      "a project's folder, a folder of migrations, one migration, or any .sql files (default: the project found here)",
    )
    .option('--all', 'all migrations (the default)')
    .addOption(new Option('--newest', 'only the newest migration').conflicts(['all', 'since']))
    .addOption(new Option('--since <ref>', 'only migrations that are not on this git branch, tag or commit').conflicts('all'))
    .addOption(project())
    .addOption(postgres('the oldest PostgreSQL to be safe on'))
    .option('--baseline [file]', 'hide the findings that this file knows (default: expand-contract.baseline.json, where it is there)')
    .option('--no-baseline', 'show all findings, known or not')
    .option('--write-baseline', 'write what is found now into the baseline, and remove what is stale')
    .option('--verbose', 'list what is allowed in the migrations, and all that is not known')
    .addOption(format())
    .action(async (paths: string[], flags) => done(await (await import('./command/check.ts')).check(paths, flags, io)))
  examples(command, [
    ['expand-contract check', 'all migrations of the project here'],
    ['expand-contract check --since main', 'in CI: only what this branch adds'],
    ['expand-contract check prisma/migrations/20261122121918_rename_name', 'one migration'],
    ['expand-contract check --format json packages/db', "another folder's project, for a program to read"],
    ['expand-contract check --write-baseline', 'on an old project: report only new findings from now on'],
    ['expand-contract check --newest --database', 'the schema from the database at DATABASE_URL, where the migrations do not tell it'],
  ])
  command.addHelpText(
    'after',
    `
A hazard that is meant is allowed in the migration, on the line before the statement or at the end of its line:
  -- expand-contract: allow create-index-blocks-writes because the table has nine rows
Several hazards go with commas; allow-file instead of allow speaks of the whole file. Without a reason nothing is allowed.`,
  )
  schemaOptions(command)
}

function addRewrite(root: Command, io: Io, done: (code: number) => void): void {
  const command = root
    .command('rewrite')
    .description("Replace an unsafe migration by an expand-contract sequence in your ORM's own format.")
    .argument('[migration]', 'its name, a part of it, or its file (default: the newest)')
    .addOption(repeatable('--rename <table.column=new>', 'the dropped column lives on under a new name: its data moves'))
    .addOption(repeatable('--map <table.column=new>', "only the code's name changes: the ORM maps it to the old column, no SQL runs"))
    .addOption(repeatable('--drop <table.column>', 'the column really goes, with its data'))
    .addOption(repeatable('--fill <table.column=sql>', 'a SQL expression for rows, and for running code, that know nothing of the column'))
    .addOption(repeatable('--move <column=table.column>', 'a dropped column whose values move to a table that is made'))
    .addOption(repeatable('--rename-table <table=to>', 'a dropped table that lives on as one that is made'))
    .addOption(repeatable('--drop-table <table>', 'a table that really goes'))
    .addOption(repeatable('--convert <table.column=sql>', 'how an old value becomes one of the new type: a SQL expression over the row'))
    .addOption(
      repeatable('--value <enum.old=new>', 'the value of an enum that takes the place of a removed one, in rows and for running code'),
    )
    .option('--dry-run', 'show everything, write nothing')
    .option('-y, --yes', 'write without asking for confirmation')
    .addOption(project())
    .addOption(postgres('the oldest PostgreSQL to be safe on'))
    .action(async (migration: string | undefined, flags) =>
      done(await (await import('./command/rewrite.ts')).rewrite(migration, flags, io)),
    )
  examples(command, [
    ['expand-contract rewrite', 'the newest migration; asks what only a person knows'],
    ['expand-contract rewrite --dry-run', 'only show what would be written'],
    ['expand-contract rewrite 20261122121918_rename_name --rename User.name=fullName', 'where nobody can be asked'],
    [`expand-contract rewrite --fill "User.country='US'"`, 'what fills a new required column'],
    ['expand-contract rewrite --map auth.User.name=fullName', 'keep the column, rename only the field'],
    ['expand-contract rewrite --schema-dump schema.sql', 'where the migrations do not tell the schema'],
  ])
  schemaOptions(command)
}

function addVerify(root: Command, io: Io, done: (code: number) => void): void {
  const command = root
    .command('verify')
    .description('Prove rewrites on a scratch PostgreSQL: the end state, old and new code, locks, undo.')
    .argument('[plan]', 'a plan, or a migration that is not rewritten yet (default: every plan under expand-contract/)')
    .addOption(postgres('the PostgreSQL to start (default: the newest that is installed)'))
    .option(
      '--database <url>',
      'a server to make scratch databases on, instead of starting one; EXPAND_CONTRACT_DATABASE_URL does the same',
    )
    .addOption(project())
    .addOption(format())
    .action(async (plan: string | undefined, flags) => done(await (await import('./command/verify.ts')).verify(plan, flags, io)))
  examples(command, [
    ['expand-contract verify', 'every plan of the project'],
    ['expand-contract verify 20261122121918_rename_name', 'one plan, or a migration as it would be rewritten'],
    ['expand-contract verify --postgres 16', 'on another version'],
  ])
}

function addDoctor(root: Command, io: Io, done: (code: number) => void): void {
  const command = root
    .command('doctor')
    .description(
      'Look at a live database before a deploy: who is in the way, what is broken, how large the tables are. Reads only. Exit code 1 where something is found.',
    )
    .addOption(live())
    .addOption(project())
    .addOption(format())
    .action(async (flags) => done(await (await import('./command/doctor.ts')).doctor(flags, io)))
  examples(command, [['expand-contract doctor', 'the database at DATABASE_URL, for what is pending there']])
}

function addDeploy(root: Command, io: Io, done: (code: number) => void): void {
  const command = root
    .command('deploy')
    .description(
      "Apply pending migrations to a live database, each step in the transaction that it needs, and record them in the ORM's own table.",
    )
    .addOption(live())
    .addOption(seconds('--patience <seconds>', 'how long to go on trying for the locks of one step', 300))
    .addOption(seconds('--wait <seconds>', 'how long to wait for another deploy to end', 60))
    .addOption(
      new Option(
        '--keep <how>',
        'what a step of a plan takes away is kept: copied into the schema expand_contract just before; a dropped table moved there instead, where nothing holds it; or a named restore point in the archived WAL (default: none)',
      ).choices(['copy', 'soft-drop', 'restore-point', 'none']),
    )
    .addOption(project())
    .addOption(format())
    .action(async (flags) => done(await (await import('./command/deploy.ts')).deploy(flags, io)))
  examples(command, [
    ['expand-contract deploy', 'in place of prisma migrate deploy, or of drizzle-kit migrate'],
    ['expand-contract deploy --patience 1800', 'where long reports may hold locks'],
    ['expand-contract deploy --keep copy', 'dropped columns and tables can be brought back'],
  ])
  command.addHelpText(
    'after',
    "\nKilled at any moment, run it again: it goes on where it was. Give it a direct connection, not a pooler's.",
  )
}

function addBackfill(root: Command, io: Io, done: (code: number) => void): void {
  const command = root
    .command('backfill')
    .description('Fill old rows, as a plan says, in short batches while the application runs. Stopped or killed, it goes on where it was.')
    .argument('[plan]', 'its name or a part of it (default: the only one)')
    .option('--database <url>', 'the database (default: from DATABASE_URL); never printed')
    .option('--step <id>', 'one backfill of the plan, ready by your word: the steps before it were applied by other means')
    .addOption(positive('--workers <n>', 'sessions that fill at the same time; run the command again, anywhere, for more').default(1))
    .addOption(positive('--batch <ms>', 'how long a batch should take, and so a writer of its rows may wait (default: 50)'))
    .addOption(positive('--nice <ratio>', 'rest so many times as long as it works (default: 0)'))
    .addOption(positive('--max-lag <seconds>', 'wait while a replica is further behind (default: 10)'))
    .addOption(positive('--max-lag-bytes <bytes>', 'the same in bytes of WAL (default: 268435456)'))
    .addOption(positive('--max-transaction <seconds>', 'wait while a transaction has been open for longer (default: do not)'))
    .option('--probe <sql>', 'your own query: wait while it returns true, or 1 and more')
    .option('--probe-url <url>', 'wait while it answers anything but 2xx, or nothing')
    .option('--pause-file <file>', 'wait while this file is there')
    .addOption(new Option('--pause', 'let all its workers pause').conflicts(['resume', 'cancel', 'verify']))
    .addOption(
      new Option('--resume', 'let them go on; after --cancel too, before the command is run again').conflicts(['cancel', 'verify']),
    )
    .addOption(new Option('--cancel', 'let them end after their batch').conflicts('verify'))
    .addOption(positive('--speed <part>', 'let them work this part of the time: 0.5 is half').conflicts('verify'))
    .option('--verify', 'fill nothing: compare what is filled with what it is filled from')
    .option('--metrics <[host:]port>', 'serve what it does as Prometheus text, at /metrics')
    .option('--json', 'a line of JSON for each second, and one at the end')
    .addOption(project())
    .action(async (plan: string | undefined, flags) => done(await (await import('./command/backfill.ts')).backfill(plan, flags, io)))
  examples(command, [
    ['expand-contract backfill', 'all backfills of the only plan that are ready'],
    ['expand-contract backfill 20261122121918_rename_name --workers 4', 'four at a time'],
    ['expand-contract backfill --probe "SELECT count(*) > 80 FROM pg_stat_activity"', 'wait while the database is busy'],
    ['expand-contract backfill --speed 0.25', 'slow down one that runs, from another terminal'],
    ['expand-contract backfill --verify', 'counts and checksums of both sides'],
  ])
}

function addKept(root: Command, io: Io, done: (code: number) => void): void {
  const restore = root
    .command('restore')
    .description('Bring back what deploy --keep set aside before a contract, once the columns and tables are in the database again.')
    .argument('<plan>', 'its name, a part of it, or its folder')
    .option('--overwrite', 'also where another value is there by now (default: only where there is none)')
    .addOption(live())
    .addOption(project())
    .addOption(format())
    .action(async (plan: string, flags) => done(await (await import('./command/restore.ts')).restore(plan, flags, io)))
  examples(restore, [['expand-contract restore 20261122121918_drop_bio', 'the values that the contract of this plan dropped']])
  const clean = root
    .command('clean')
    .description('List what deploy --keep set aside, and remove for good what is older than it need be.')
    .argument('[plan]', 'only of this plan')
    .addOption(positive('--older-than <days>', 'how old it must be (default: keepDays of the configuration, or 30)'))
    .option('--dry-run', 'only list')
    .option('-y, --yes', 'remove without asking for confirmation')
    .addOption(live())
    .addOption(project())
    .addOption(format())
    .action(async (plan: string | undefined, flags) => done(await (await import('./command/clean.ts')).clean(plan, flags, io)))
  examples(clean, [
    ['expand-contract clean --dry-run', 'what is kept, since when, and how large it is'],
    ['expand-contract clean --older-than 90 --yes', 'for a job that runs by itself'],
  ])
}

function addStages(root: Command, io: Io, done: (code: number) => void): void {
  const stage = (name: string, description: string): Command =>
    root
      .command(name)
      .description(description)
      .argument('<plan>', 'its name, a part of it, or its folder')
      .option('--dry-run', 'show everything, write nothing')
      .addOption(project())
  const contract = stage('contract', 'Release a held contract: write it as the next migrations, and the final schema.')
    .option('-y, --yes', 'no code that uses the old form runs any more')
    .option(
      '--database [url]',
      'refuse unless this database has all of the expand stage; without a URL the usual one. Read only; never printed',
    )
    .action(async (plan: string, flags) => done(await (await import('./command/contract.ts')).contract(plan, flags, io)))
  examples(contract, [['expand-contract contract 20261122121918_rename_name', 'when no code that uses the old form runs any more']])
  const undo = stage(
    'undo',
    'Take the expand stage back while the contract is held: write it as the next migrations, and the schema as it was.',
  )
    .option('-y, --yes', 'write without asking for confirmation')
    .action(async (plan: string, flags) => done(await (await import('./command/undo.ts')).undo(plan, flags, io)))
  examples(undo, [['expand-contract undo 20261122121918_rename_name', 'the old form only, as if nothing had been']])
  const status = root
    .command('status')
    .description('List the plans: how far each is, and what is not as it should be. Exit code 1 where something is not.')
    .option('--database [url]', 'say how far each is in this database too; without a URL in the usual one. Read only; never printed')
    .addOption(project())
    .addOption(format())
    .action(async (flags) => done(await (await import('./command/status.ts')).status(flags, io)))
  examples(status, [
    ['expand-contract status', 'every plan of the project'],
    ['expand-contract status --database', 'and how far it is in the database at DATABASE_URL'],
  ])
}

function addExplain(root: Command, io: Io, done: (code: number) => void): void {
  const command = root
    .command('explain')
    .description('Tell what a hazard is, why it hurts, and what is done instead.')
    .argument('[hazard]', 'its name as check prints it (default: list all)')
    .addOption(format())
    .action(async (hazard: string | undefined, flags) => done(await (await import('./command/explain.ts')).explain(hazard, flags, io)))
  examples(command, [
    ['expand-contract explain', 'all hazards'],
    ['expand-contract explain drop-column-breaks-old-code', 'one of them'],
  ])
}
