import { setTimeout as sleep } from 'node:timers/promises'
import { UserError } from '@expand-contract/core'
import type { Client } from 'pg'
import { troubleOf } from './trouble.ts'

/** Where workers get their connections, and bring them back. */
export interface Connections {
  take(): Promise<Client>
  give(client: Client): Promise<void>
  /** There is but one: where it is lost the backfill ends with the error. */
  readonly isOne?: true
}

/** A connection that is somebody else's to end, for one worker. */
export function oneConnection(client: Client): Connections {
  return { take: async () => client, give: async () => {}, isOne: true }
}

/** Tries of a connection. The waits between them grow to the longest, in ms. */
const TRIES = 10
const WAIT = { first: 50, most: 5_000 }

/** A connection that is replaced when it is lost. */
export interface Line {
  /** The one of now. */
  client(): Client
  /** Takes another one in place of what `cause` ended. Throws `cause` where there is but one, {@link UserError} where none can be made any more. */
  replace(cause: unknown): Promise<void>
  /** Does work that may be done again, on whatever connection lives. */
  surely<T>(work: (client: Client) => Promise<T>): Promise<T>
  close(): Promise<void>
}

export async function openLine(connections: Connections): Promise<Line> {
  let client = await connections.take()
  const replace = async (cause: unknown): Promise<void> => {
    if (connections.isOne) throw cause
    await connections.give(client)
    for (let tries = 1; ; tries++) {
      try {
        client = await connections.take()
        return
      } catch (error) {
        if (tries === TRIES) throw lost(cause, error)
        await sleep(pause(tries))
      }
    }
  }
  return {
    client: () => client,
    replace,
    async surely(work) {
      for (let tries = 1; ; tries++) {
        try {
          return await work(client)
        } catch (error) {
          if (troubleOf(error) !== 'connection' || tries === TRIES) throw error
          await replace(error)
        }
      }
    },
    close: () => connections.give(client),
  }
}

/** Milliseconds to wait after so many tries: grows, and is never the same twice, so that two who met once do not meet again. */
export function pause(tries: number): number {
  return Math.min(WAIT.first * 2 ** tries, WAIT.most) * (0.5 + Math.random() / 2)
}

function lost(cause: unknown, error: unknown): UserError {
  return new UserError(
    `The connection to the database was lost (${cause instanceof Error ? cause.message : cause}) and can not be made again. What is filled stays, and nothing is done twice: run the same command again.`,
    { cause: error },
  )
}
