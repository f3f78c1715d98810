import type { Intent } from '@expand-contract/core'

/** What code knows of the table that a migration changes. */
export interface Code {
  readonly table: string
  /** A number that it counts up. */
  readonly number: string
  /** A text that it sets. */
  readonly text: string
  /** More columns of an INSERT, with their values. */
  readonly more: Readonly<Record<string, string>>
}

/** A migration as an ORM writes it, and the code before and after it. */
export interface Case {
  readonly strategy: string
  readonly sql: string
  readonly intents?: readonly Intent[]
  /** What new code knows that old code does not. */
  readonly code?: Partial<Code>
}

export const OLD: Code = {
  table: 'Item',
  number: 'amount',
  text: 'title',
  more: { note: `'n'`, role: `'user'`, code: `'7'`, plan: `'free'` },
}

const without = (name: string): Code['more'] => Object.fromEntries(Object.entries(OLD.more).filter(([key]) => key !== name))

export const TABLES = `CREATE TYPE "Plan" AS ENUM ('free', 'paid', 'old');
CREATE TABLE "Owner" ("id" integer PRIMARY KEY);
CREATE TABLE "Item" ("id" serial PRIMARY KEY, "owner" integer NOT NULL, "amount" integer NOT NULL DEFAULT 0, "title" text, "email" text NOT NULL, "note" text, "role" text NOT NULL, "code" text NOT NULL, "plan" "Plan" NOT NULL);
CREATE INDEX "Item_email_idx" ON "Item"("email");`

/** One of each strategy that changes a table with rows. */
export const CASES: readonly Case[] = [
  { strategy: 'create-index', sql: 'CREATE INDEX "Item_owner_idx" ON "Item"("owner");' },
  { strategy: 'add-unique', sql: 'ALTER TABLE "Item" ADD CONSTRAINT "Item_email_key" UNIQUE ("email");' },
  {
    strategy: 'add-foreign-key',
    sql: 'ALTER TABLE "Item" ADD CONSTRAINT "Item_owner_fkey" FOREIGN KEY ("owner") REFERENCES "Owner"("id");',
  },
  { strategy: 'add-check', sql: 'ALTER TABLE "Item" ADD CONSTRAINT "Item_amount_check" CHECK ("amount" >= 0);' },
  {
    strategy: 'set-not-null',
    sql: 'ALTER TABLE "Item" ALTER COLUMN "title" SET NOT NULL;',
    intents: [{ kind: 'fill', table: 'Item', column: 'title', with: `'none'` }],
  },
  {
    strategy: 'add-required-column',
    sql: 'ALTER TABLE "Item" ADD COLUMN "country" text NOT NULL;',
    intents: [{ kind: 'fill', table: 'Item', column: 'country', with: `'US'` }],
    code: { more: { ...OLD.more, country: `'DE'` } },
  },
  { strategy: 'add-filled-column', sql: 'ALTER TABLE "Item" ADD COLUMN "token" uuid NOT NULL DEFAULT gen_random_uuid();' },
  { strategy: 'rename-column', sql: 'ALTER TABLE "Item" RENAME COLUMN "amount" TO "total";', code: { number: 'total' } },
  { strategy: 'rename-table', sql: 'ALTER TABLE "Item" RENAME TO "Thing";', code: { table: 'Thing' } },
  {
    strategy: 'drop-column',
    sql: 'ALTER TABLE "Item" DROP COLUMN "role";',
    intents: [
      { kind: 'drop', table: 'Item', column: 'role' },
      { kind: 'fill', table: 'Item', column: 'role', with: `'user'` },
    ],
    code: { more: without('role') },
  },
  { strategy: 'change-column-type', sql: 'ALTER TABLE "Item" ALTER COLUMN "amount" SET DATA TYPE bigint;' },
  {
    strategy: 'convert-column',
    sql: 'ALTER TABLE "Item" ALTER COLUMN "code" SET DATA TYPE integer USING "code"::integer;',
    code: { more: { ...OLD.more, code: '7' } },
  },
  {
    strategy: 'rebuild-enum',
    sql: `BEGIN;
CREATE TYPE "Plan_new" AS ENUM ('free', 'paid');
ALTER TABLE "Item" ALTER COLUMN "plan" TYPE "Plan_new" USING ("plan"::text::"Plan_new");
ALTER TYPE "Plan" RENAME TO "Plan_old";
ALTER TYPE "Plan_new" RENAME TO "Plan";
DROP TYPE "Plan_old";
COMMIT;`,
    intents: [{ kind: 'value', type: 'Plan', value: 'old', to: 'free' }],
  },
  { strategy: 'change-data', sql: `UPDATE "Item" SET "note" = 'm' WHERE "note" = 'n';` },
]
