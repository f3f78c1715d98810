import type { Files } from '../../packages/cli/test/temp-folder.ts'

const INIT = `CREATE TABLE "users" (
	"id" serial PRIMARY KEY NOT NULL,
	"name" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "teams" ("id" serial PRIMARY KEY NOT NULL);
`
const NICK = 'ALTER TABLE "users" ADD COLUMN "nick" text;\n'
const RENAME = 'ALTER TABLE "users" RENAME COLUMN "name" TO "full_name";'

const CONFIG = `import { defineConfig } from 'drizzle-kit'

export default defineConfig({ dialect: 'postgresql', out: './drizzle', dbCredentials: { url: process.env.SHOP_URL! } })
`

/** Files of a Drizzle project, of 0.3x (0) or v1 (1), whose newest migration renames a column. `init` is the name of its first. */
export function drizzleProject(version: 0 | 1): { readonly files: Files; readonly init: string; readonly rename: string } {
  const texts = [INIT, NICK, RENAME]
  if (version === 0) {
    const tags = ['0000_init', '0001_nick', '0002_rename']
    const entries = tags.map((tag, idx) => ({ idx, version: '7', when: 1_767_610_000_000 + idx * 86_400_000, tag, breakpoints: true }))
    return {
      init: '0000_init',
      rename: '0002_rename',
      files: {
        'drizzle.config.ts': CONFIG,
        'drizzle/meta/_journal.json': JSON.stringify({ version: '7', dialect: 'postgresql', entries }, null, 2),
        ...Object.fromEntries(tags.map((tag, i) => [`drizzle/${tag}.sql`, texts[i] ?? ''])),
      },
    }
  }
  const names = ['20260105101500_init', '20260112101500_nick', '20260212093000_rename']
  const snapshot = (i: number): string =>
    JSON.stringify({ version: '8', dialect: 'postgres', id: `id-${i}`, prevIds: [`id-${i - 1}`], ddl: [], renames: [] })
  return {
    init: '20260105101500_init',
    rename: '20260212093000_rename',
    files: {
      'drizzle.config.ts': CONFIG,
      ...Object.fromEntries(
        names.flatMap((name, i) => [
          [`drizzle/${name}/migration.sql`, texts[i] ?? ''],
          [`drizzle/${name}/snapshot.json`, snapshot(i)],
        ]),
      ),
    },
  }
}
