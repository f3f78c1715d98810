import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

// npm run new strategy <id>: a folder with a strategy that says nothing yet and a golden to start from.
const [what, id] = process.argv.slice(2)
if (what !== 'strategy' || !id || !/^[a-z]+(-[a-z]+)*$/.test(id)) {
  console.error('Usage: npm run new strategy <id>, the id in kebab-case: npm run new strategy add-check')
  process.exit(2)
}
const folder = join(import.meta.dirname, '../packages/core/src/strategies', id)
if (existsSync(folder)) {
  console.error(`There is a strategy ${id} already: ${folder}`)
  process.exit(2)
}
mkdirSync(join(folder, 'golden'), { recursive: true })
writeFileSync(
  join(folder, 'index.ts'),
  `import { type HazardKind, hazard } from '../../hazard.ts'
import { actionOf, displayTable, isNewTable } from '../../sql/relation.ts'
import type { Strategy } from '../../strategy.ts'

const HAZARD: HazardKind = {
  code: '${id}-hazard',
  harm: 'lock',
  lock: 'ACCESS EXCLUSIVE',
  why: 'say which lock, how long, and who waits or breaks.',
  instead: 'Say what is done instead.',
}

/** Say which statements this is about and what it makes of them. */
export const strategy: Strategy = {
  id: '${id}',
  summary: 'Say in one line what a user gets.',
  hazards: [HAZARD],
  rewrite(statement, migration) {
    // The action as PostgreSQL's tree names it.
    const action = actionOf(statement, 'AT_${id.replaceAll(/(^|-)([a-z])/g, (_, __, letter: string) => letter.toUpperCase())}')
    if (!action || isNewTable(migration, action.table)) return undefined
    return { claims: [statement.index], hazards: [hazard(HAZARD, displayTable(action.table), statement)], expand: [], contract: [] }
  },
}
`,
)
writeFileSync(
  join(folder, 'golden/first.sql'),
  `-- # before
CREATE TABLE "User" ("id" serial PRIMARY KEY, "name" text);
-- # migration
-- What the ORM wrote, byte for byte.
SELECT 1;
-- # old code
SELECT "name" FROM "User";
-- # new code
SELECT "name" FROM "User";
`,
)
console.log(`packages/core/src/strategies/${id}/ is there. Next:
  1. write golden/first.sql: what goes in
  2. write index.ts
  3. npm run gen, and read what came out
  4. npm test: the laws run the golden on a real PostgreSQL`)
