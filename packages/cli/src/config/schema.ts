import { z } from 'zod'

const name = z.string().min(1)

const intent = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('rename'), table: name, column: name, to: name }),
  z.strictObject({ kind: z.literal('map'), table: name, column: name, to: name }),
  z.strictObject({ kind: z.literal('move'), table: name, column: name, into: name, to: name }),
  z.strictObject({ kind: z.literal('drop'), table: name, column: name }),
  z.strictObject({ kind: z.literal('fill'), table: name, column: name, with: name }),
  z.strictObject({ kind: z.literal('convert'), table: name, column: name, with: name }),
  z.strictObject({ kind: z.literal('policy'), table: name, policy: z.enum(['additive-only', 'big-bang']) }),
  z.strictObject({ kind: z.literal('value'), type: name, value: name, to: name }),
  z.strictObject({ kind: z.literal('rename-table'), table: name, to: name }),
  z.strictObject({ kind: z.literal('drop-table'), table: name }),
])

/** What a configuration file may hold. Unknown keys are refused. */
export const configSchema = z.strictObject({
  postgres: z.int().min(14).max(18).optional(),
  project: z.union([name, z.array(name).min(1)]).optional(),
  database: z
    .string()
    .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'must be the name of an environment variable that holds the URL, so that no password is committed')
    .optional(),
  keep: z.enum(['copy', 'soft-drop', 'restore-point']).optional(),
  keepDays: z.number().min(0).optional(),
  intents: z.array(intent).optional(),
})
