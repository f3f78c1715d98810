import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

// The main job on the two example projects, in copies: what a newcomer would type, and what they would see.
const root = join(import.meta.dirname, '..')
const bin = join(root, 'packages/cli/dist/bin.js')
const say = (text: string): void => console.log(text)

function run(cwd: string, ...args: string[]): number {
  say(`\n$ expand-contract ${args.map((a) => (/[\s"=]/.test(a) ? `'${a}'` : a)).join(' ')}\n`)
  return spawnSync(process.execPath, [bin, ...args], { cwd, stdio: 'inherit' }).status ?? 3
}

function expectCode(code: number, wanted: number): void {
  if (code !== wanted) throw new Error(`the demo stops here: exit code ${code}, ${wanted} was expected`)
}

function story(example: string, plans: string, intro: string, answers: readonly string[]): void {
  const folder = mkdtempSync(join(tmpdir(), `expand-contract-${example}-`))
  try {
    cpSync(join(root, 'examples', example), folder, { recursive: true })
    // A copy outside the workspace says by itself what kind of module it is.
    writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }\n')
    say(`\n──────── examples/${example} ────────\n\n${intro}`)
    say('\n1. What would the ORM’s own migration do to a live database?')
    expectCode(run(folder, 'check', '--newest'), 1)
    say('\n2. Rewrite it. What only a person knows is said by a flag (or asked on a terminal).')
    expectCode(run(folder, 'rewrite', ...answers, '--yes'), 0)
    say('\n3. Prove it: a PostgreSQL that came with npm, rows that hurt, old and new code side by side.')
    expectCode(run(folder, 'verify'), 0)
    say('\n4. A second rewrite finds nothing to do.')
    expectCode(run(folder, 'rewrite'), 0)
    say('\n5. Old and new code run side by side; when no old code is left, the contract becomes the next migration.')
    const [plan = ''] = readdirSync(join(folder, plans))
    expectCode(run(folder, 'contract', plan, '--yes'), 0)
    expectCode(run(folder, 'status'), 0)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

story(
  'prisma-rename',
  'prisma/expand-contract',
  'A field was renamed in schema.prisma. Prisma wrote DROP COLUMN and ADD COLUMN: the data is lost, and code that still runs breaks.',
  ['--rename', 'User.name=fullName'],
)
story(
  'drizzle-rename',
  'expand-contract',
  'A column was renamed in schema.ts. Drizzle wrote RENAME COLUMN: instant, and every query of the code that still runs fails.',
  [],
)
say('\nBoth migrations are now expand-contract sequences in their ORM’s own format, contract included.')
