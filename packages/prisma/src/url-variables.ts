import { readFile } from 'node:fs/promises'
import { findConfig } from './config.ts'
import { urlVariableIn } from './config-text.ts'
import { firstBlock } from './psl.ts'
import type { SchemaFile } from './schema.ts'

const NAME = /^[A-Za-z_]\w*$/

/**
 * Environment variables that hold the database's URL, as the project says: prisma.config (7), or in the schema (to 6) `directUrl`, which is not a pooler's, before
 * `url`. A URL that is written out is not looked at.
 */
export async function urlVariablesOf(root: string, schema: readonly SchemaFile[]): Promise<string[]> {
  const file = await findConfig(root)
  const configured = file === undefined ? undefined : urlVariableIn(await readFile(file, 'utf8'))
  const entries = schema.flatMap(([, text]) => (text.includes('datasource') ? (firstBlock(text, 'datasource')?.entries ?? []) : []))
  const named = ['directUrl', 'url'].map((key) => entries.find((e) => e.name === key)?.text)
  return [configured, ...named].filter((name) => name !== undefined && NAME.test(name)) as string[]
}
