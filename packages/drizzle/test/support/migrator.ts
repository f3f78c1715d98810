import { drizzle as drizzle0 } from 'drizzle-orm-0/node-postgres'
import { migrate as migrate0 } from 'drizzle-orm-0/node-postgres/migrator'
import { drizzle as drizzle1 } from 'drizzle-orm-1/node-postgres'
import { migrate as migrate1 } from 'drizzle-orm-1/node-postgres/migrator'
import type { Client } from 'pg'

/** Drizzle's own migrator: of ORM 0.45 (0) or of v1 (1). */
export function migrator(version: 0 | 1): (client: Client, migrationsFolder: string) => Promise<unknown> {
  return version === 0
    ? (client, migrationsFolder) => migrate0(drizzle0({ client }), { migrationsFolder })
    : (client, migrationsFolder) => migrate1(drizzle1({ client }), { migrationsFolder })
}
