import { LOCK_MODES } from '@expand-contract/core'
import { z } from 'zod'

const text = z.string()
const texts = z.array(text)
const line = z.int()
const about = { table: text, column: text }

const intent = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('rename'), ...about, to: text }),
  z.object({ kind: z.literal('map'), ...about, to: text }),
  z.object({ kind: z.literal('move'), ...about, into: text, to: text }),
  z.object({ kind: z.literal('drop'), ...about }),
  z.object({ kind: z.literal('fill'), ...about, with: text }),
  z.object({ kind: z.literal('convert'), ...about, with: text }),
  z.object({ kind: z.literal('unused'), ...about }),
  z.object({ kind: z.literal('value'), type: text, value: text, to: text }),
  z.object({ kind: z.literal('policy'), table: text, policy: z.enum(['additive-only', 'big-bang']) }),
  z.object({ kind: z.literal('rename-table'), table: text, to: text }),
  z.object({ kind: z.literal('drop-table'), table: text }),
])

const hazard = z.object({
  code: text,
  harm: z.enum(['lock', 'rewrite', 'compatibility', 'data']),
  on: text,
  lock: z.enum(LOCK_MODES).optional(),
  why: text,
  line,
  column: line,
})

const undo = z.union([
  z.object({ sql: texts, alone: z.literal(true).optional(), after: texts.optional() }),
  z.object({ none: text }),
  z.object({ irreversible: text }),
])
const step = { id: text, title: text, why: text, undo }
const assignment = z.object({ column: text, expression: text })

const ddl = z.object({
  ...step,
  kind: z.literal('ddl'),
  transaction: z.enum(['atomic', 'alone']),
  sql: texts.min(1),
  locks: z.array(z.object({ table: text, mode: z.enum(LOCK_MODES) })),
  lockTimeout: z.number(),
  statementTimeout: z.number(),
  invalidatesPlans: z.literal(true).optional(),
  verbatim: z.literal(true).optional(),
  allowed: z.literal(true).optional(),
})
const backfill = z.object({
  ...step,
  kind: z.literal('backfill'),
  table: text,
  alias: text.optional(),
  with: text.optional(),
  from: text.optional(),
  deletes: z.literal(true).optional(),
  into: z.object({ table: text, unless: texts }).optional(),
  once: z.literal(true).optional(),
  list: text.optional(),
  key: texts,
  set: z.array(assignment),
  where: text,
})
const check = z.object({ ...step, kind: z.literal('check'), sql: text, message: text })

const stage = z.object({
  name: z.enum(['expand', 'contract']),
  opensWhen: text,
  steps: z.array(z.discriminatedUnion('kind', [ddl, backfill, check])),
})

/** What must hold of a plan.json of this version before anything is done with it. */
export const planSchema = z.object({
  version: z.literal(1),
  id: text.min(1),
  source: z.object({ id: text, checksum: text, sql: text, meant: text.optional() }),
  startsFrom: text,
  postgres: z.int(),
  intents: z.array(intent),
  hazards: z.array(hazard),
  refusals: z.array(z.object({ claims: z.array(z.int()), hazards: z.array(hazard), reason: text, fix: text, line })).max(0),
  stages: z.tuple([stage, stage]),
  allowed: z.array(hazard.extend({ reason: text, allowedOn: line.optional() })).optional(),
  assumes: texts.optional(),
  syncs: z.array(z.object({ table: text, oldTable: text.optional(), old: text, new: text, up: text, down: text })),
  expects: z.array(z.object({ ...about, from: text.optional() })),
  alternatives: texts,
  newCodeWaits: texts.optional(),
  maps: z.array(z.object({ ...about, to: text })),
})
