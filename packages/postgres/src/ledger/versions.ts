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
      number integer NOT NULL,
      range jsonb NOT NULL,
      position jsonb,
      rows bigint NOT NULL DEFAULT 0,
      state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'running', 'done')),
      worker text,
      changed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
      PRIMARY KEY (plan, step, number)
    )`,
    `COMMENT ON TABLE expand_contract.backfill_range IS 'Parts of a table and how far each is filled. position and rows commit with the batch that they speak of.'`,
  ],
]
