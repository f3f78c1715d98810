/** The schema of the ledger. Tools that look at a user's schema pass it over. */
export const LEDGER_SCHEMA = 'expand_contract'

/**
 * SQL that brings the ledger from one version to the next; the first makes it. A version that has been released is never changed: a new one is added
 * behind it. What a plan did stands in `step` in the order in which it did it; a step that was taken back keeps its row, with `undone_at`.
 */
export const VERSIONS: readonly (readonly string[])[] = [
  [
    `CREATE TABLE expand_contract.step (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      plan text NOT NULL,
      step text NOT NULL,
      stage text NOT NULL CHECK (stage IN ('expand', 'contract')),
      checksum text NOT NULL,
      started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
      finished_at timestamptz,
      undone_at timestamptz,
      run_by text NOT NULL,
      observed jsonb NOT NULL DEFAULT '{}'
    )`,
    `CREATE UNIQUE INDEX step_once ON expand_contract.step (plan, step) WHERE undone_at IS NULL`,
    `COMMENT ON TABLE expand_contract.step IS 'Which step of which plan ran. A row commits with its step; where the step can have no transaction, finished_at is set once a look at the database has settled it.'`,
    `COMMENT ON COLUMN expand_contract.step.checksum IS 'SHA-256 of the SQL of the step as the plan has it.'`,
    `COMMENT ON COLUMN expand_contract.step.run_by IS 'Who ran it: operating system user and host.'`,
    `CREATE TABLE expand_contract.backfill (
      plan text NOT NULL,
      step text NOT NULL,
      wanted text NOT NULL DEFAULT 'run' CHECK (wanted IN ('run', 'pause', 'cancel')),
      speed double precision CHECK (speed > 0),
      changed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
      PRIMARY KEY (plan, step)
    )`,
    `COMMENT ON TABLE expand_contract.backfill IS 'What a person wants of a backfill. Read between two batches: UPDATE it while the backfill runs.'`,
    `COMMENT ON COLUMN expand_contract.backfill.speed IS 'Part of the time in which it may work: 1 is without a rest, 0.5 rests as long as it works. NULL: as the command says.'`,
    `CREATE TABLE expand_contract.backfill_range (
      plan text NOT NULL,
      step text NOT NULL,
      pass integer NOT NULL,
      number integer NOT NULL,
      walk text NOT NULL CHECK (walk IN ('keys', 'blocks', 'waves')),
      at jsonb NOT NULL,
      upto jsonb NOT NULL,
      done boolean NOT NULL DEFAULT false,
      seen double precision NOT NULL DEFAULT 0,
      rows bigint NOT NULL DEFAULT 0,
      changed_by integer,
      changed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
      PRIMARY KEY (plan, step, pass, number)
    ) WITH (fillfactor = 30)`,
    `COMMENT ON TABLE expand_contract.backfill_range IS 'Parts of a table and how far each is filled: commits with the batch that it speaks of. A worker holds its range by a row lock for one batch.'`,
    `COMMENT ON COLUMN expand_contract.backfill_range.pass IS '1: the first time through the table. Later ones look for rows that were moved, written or refused meanwhile.'`,
    `COMMENT ON COLUMN expand_contract.backfill_range.at IS 'What is done ends here: values of a key; or of blocks [place, length, visits, turn], a place being block * 2048 + line pointer. null: nothing is.'`,
    `COMMENT ON COLUMN expand_contract.backfill_range.seen IS 'Rows (walk keys) or blocks that were looked at.'`,
    `COMMENT ON COLUMN expand_contract.backfill_range.rows IS 'Rows that were changed.'`,
    `COMMENT ON COLUMN expand_contract.backfill_range.changed_by IS 'Process ID of the server session that did the last batch.'`,
    `CREATE TABLE expand_contract.backfill_refused (
      plan text NOT NULL,
      step text NOT NULL,
      row_key jsonb NOT NULL,
      reason text NOT NULL,
      refused_at timestamptz NOT NULL DEFAULT clock_timestamp(),
      PRIMARY KEY (plan, step, row_key)
    )`,
    `COMMENT ON TABLE expand_contract.backfill_refused IS 'Rows that the database would not change, with its words: while there is one, the backfill is not done. Correct the row and run it again.'`,
  ],
  [
    `CREATE TABLE expand_contract.kept (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      plan text NOT NULL,
      step text NOT NULL,
      how text NOT NULL CHECK (how IN ('copy', 'moved', 'restore point')),
      name text NOT NULL,
      of_schema text,
      of_table text,
      columns text[],
      key text[],
      kept_at timestamptz NOT NULL DEFAULT clock_timestamp()
    )`,
    `COMMENT ON TABLE expand_contract.kept IS 'What was set aside before a step took it away: tables of this schema, until expand-contract clean removes them.'`,
    `COMMENT ON COLUMN expand_contract.kept.name IS 'The table in this schema that holds it, or the name of the restore point.'`,
    `COMMENT ON COLUMN expand_contract.kept.columns IS 'Columns that were dropped; NULL: the whole table was.'`,
    `COMMENT ON COLUMN expand_contract.kept.key IS 'Columns that tell which row a copied value belongs to; NULL: the table had none, and whole rows are kept.'`,
  ],
]
