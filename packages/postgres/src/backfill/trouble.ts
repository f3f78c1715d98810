import { codeOf } from '../connection.ts'

/**
 * passing: somebody else was in the way, try again. row: the database refuses what becomes of some row. connection: it is gone, take another.
 * fatal: it would be the same with any row.
 */
export type Trouble = 'passing' | 'row' | 'connection' | 'fatal'

/** Lock and statement timeouts, deadlocks, serialization failures. */
const PASSING = new Set(['55P03', '57014', '40001', '40P01', '40002', '40003'])
/** Classes of errors that come from a row's values: data, cardinality, constraints, check options, limits, what triggers and functions raise. */
const OF_ROW = new Set(['21', '22', '23', '27', '38', '39', '44', '54', 'P0'])
/** Classes and codes of a connection that is gone or of a server that restarts; what the network says. */
const GONE = new Set(['57P01', '57P02', '57P03', '57P05', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ECONNREFUSED', 'ENOENT', '53300'])

export function troubleOf(error: unknown): Trouble {
  const code = codeOf(error)
  if (PASSING.has(code)) return 'passing'
  if (GONE.has(code) || code.startsWith('08')) return 'connection'
  if (OF_ROW.has(code.slice(0, 2))) return 'row'
  // The driver has no code for a connection that ended under a query.
  if (code === '' && error instanceof Error && /^(Connection terminated|Client has encountered a connection error)/.test(error.message))
    return 'connection'
  return 'fatal'
}
