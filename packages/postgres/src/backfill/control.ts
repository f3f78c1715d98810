import type { Client } from 'pg'
import type { StepOf } from './in-ledger.ts'

/** What a person wants of a backfill, from anywhere. */
export interface Control {
  readonly wanted: 'run' | 'pause' | 'cancel'
  /** Part of the time in which it may work, above 0 to 1; null: as its command says. */
  readonly speed: number | null
}

export async function readControl(client: Client, { plan, step }: StepOf): Promise<Control> {
  const { rows } = await client.query<Control>('SELECT wanted, speed FROM expand_contract.backfill WHERE plan = $1 AND step = $2', [
    plan,
    step,
  ])
  return rows[0] ?? { wanted: 'run', speed: null }
}

/** Every worker of the backfill, wherever it runs, reads it between two batches. What is not given stays. */
export async function writeControl(client: Client, { plan, step }: StepOf, { wanted, speed }: Partial<Control>): Promise<void> {
  await client.query(
    `INSERT INTO expand_contract.backfill AS b (plan, step, wanted, speed) VALUES ($1, $2, coalesce($3, 'run'), $4)
     ON CONFLICT (plan, step) DO UPDATE SET wanted = coalesce($3, b.wanted), speed = coalesce($4, b.speed), changed_at = clock_timestamp()`,
    [plan, step, wanted ?? null, speed ?? null],
  )
}

/** Time to rest for each unit of time at work, for a speed. */
export function restOf(speed: number): number {
  return 1 / speed - 1
}
