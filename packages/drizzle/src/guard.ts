import { dollarQuote, quoteText, type Step } from '@expand-contract/core'

/** The command that runs each step in the transaction it needs. */
const DEPLOY = 'npx expand-contract deploy'
/** The same for code that migrates at start-up. */
const DROP_IN = 'expand-contract/drizzle/node-postgres'

/** True where the steps can't share one transaction. Drizzle's migrator gives all pending migrations a single one, so then it must run none of them. */
export function needsOwnTransactions(steps: readonly Step[]): boolean {
  // Several steps are several because each must let its locks go before the next begins.
  return steps.length > 1 || steps.some((s) => s.kind === 'backfill' || (s.kind === 'ddl' && s.transaction === 'alone'))
}

/**
 * A DO statement (without `;`) that stops a migrator before it has done anything, with the command to use instead. Inside BEGIN … COMMIT the transaction began
 * with an earlier message than this one, so its time differs from the statement's; as a statement of its own it begins the transaction and the two are equal.
 */
export function guardSql(migration: string): string {
  const body = [
    '',
    'BEGIN',
    '  IF transaction_timestamp() <> statement_timestamp() THEN',
    `    RAISE EXCEPTION USING MESSAGE = ${quoteText(guardMessage(migration))};`,
    '  END IF;',
    'END',
    '',
  ]
  return `DO ${dollarQuote(body.join('\n'))}`
}

/** What the person who runs the migrator reads. */
export function guardMessage(migration: string): string {
  return `Nothing was changed. The migration ${migration} is a step of an expand-contract plan and needs a transaction of its own, but this migrator runs all pending migrations in one, which would keep every lock until the last of them is done. Run instead: ${DEPLOY} (in code: migrate of ${DROP_IN})`
}
