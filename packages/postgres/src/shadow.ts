import { parseStatements, sliceBytes, UserError } from '@expand-contract/core'
import type pg from 'pg'
import { describe } from './run-steps.ts'
import { type Server, shadowName } from './server.ts'

/** A database of its own for one law. */
export interface Clone {
  readonly client: pg.Client
  /** One more connection; ended by `close`. */
  connect(): Promise<pg.Client>
  /** Ends all connections and drops the database. */
  close(): Promise<void>
}

/** Scratch databases on one server, all dropped by `close`. */
export interface Shadow {
  /** Creates a database, a copy of `template` where one is named (nobody may be connected to it), lets `work` fill it, and returns its name. */
  make<T>(template: string | undefined, work: (client: pg.Client) => Promise<T>): Promise<{ name: string; result: T }>
  /** Opens an existing scratch database for reading. */
  use<T>(name: string, work: (client: pg.Client) => Promise<T>): Promise<T>
  clone(template: string): Promise<Clone>
  close(): Promise<void>
}

export function openShadow(server: Server): Shadow {
  const names = new Set<string>()
  const create = async (template?: string) => {
    const name = shadowName()
    await server.create(name, template)
    names.add(name)
    return name
  }
  const drop = async (name: string) => {
    await server.drop(name)
    names.delete(name)
  }
  const use = async <T>(name: string, work: (client: pg.Client) => Promise<T>): Promise<T> => {
    const client = await server.connect(name)
    try {
      return await work(client)
    } finally {
      await client.end()
    }
  }
  return {
    use,
    make: async (template, work) => {
      const name = await create(template)
      return { name, result: await use(name, work) }
    },
    clone: async (template) => {
      const name = await create(template)
      const client = await server.connect(name)
      const clients = [client]
      return {
        client,
        connect: async () => {
          const more = await server.connect(name)
          clients.push(more)
          return more
        },
        close: async () => {
          for (const open of clients) await open.end()
          await drop(name)
        },
      }
    },
    close: async () => {
      await Promise.all([...names].map(drop))
    },
  }
}

/** Replays migrations, oldest first. Throws {@link UserError} with the name of the one that fails. */
export async function replay(client: pg.Client, history: readonly { readonly id: string; readonly text: string }[]): Promise<void> {
  for (const { id, text } of history) {
    try {
      await runFile(client, text)
    } catch (error) {
      throw new UserError(
        `The history can't be replayed: migration ${id} fails on a fresh PostgreSQL database.\n  ${describe(error)}\n` +
          'Nothing can be proved without the schema that the migration starts from. Make the history run on an empty database, for example with\n' +
          'the extensions and roles it needs (--database <url> names a server that has them).',
      )
    }
  }
}

/**
 * Runs a migration file as the ORMs do: as one query, which is one transaction; what is not allowed there (CONCURRENTLY) one statement at a time, as
 * Prisma does since 7.4. Throws PostgreSQL's error.
 */
export async function runFile(client: pg.Client, text: string): Promise<void> {
  try {
    await client.query(text)
  } catch (first) {
    // A BEGIN of the file itself may still be open.
    await client.query('ROLLBACK')
    let statements: string[]
    try {
      statements = parseStatements(text).map(({ start, end }) => sliceBytes(text, start, end))
    } catch {
      throw first
    }
    try {
      for (const statement of statements) await client.query(statement)
    } catch (error) {
      await client.query('ROLLBACK')
      throw error
    }
  }
}
