import { type Intent, quoteName } from '@expand-contract/core'
import fc from 'fast-check'
import { NAMES, type RandomColumn, type RandomSchema, schemas } from './schema.ts'

/** A schema, a migration on it, and what a person answers. */
export interface RandomChange {
  readonly schema: RandomSchema
  readonly migration: string
  readonly intents: readonly Intent[]
}

const KINDS = [
  'rename',
  'dropAndAdd',
  'type',
  'required',
  'volatile',
  'optional',
  'drop',
  'notNull',
  'loosen',
  'unique',
  'index',
  'foreign',
  'check',
  'update',
  'default',
  'rename table',
] as const

/** Those that add a column, or need none. */
const NEW_KINDS: readonly string[] = ['required', 'volatile', 'optional', 'foreign', 'rename table']

interface Op {
  readonly kind: (typeof KINDS)[number]
  readonly column: number
  readonly name: number
  readonly variant: number
}

const op: fc.Arbitrary<Op> = fc.record({ kind: fc.constantFrom(...KINDS), column: fc.nat(9), name: fc.nat(20), variant: fc.nat(5) })

/** Changes of one table, one or several in a migration, that PostgreSQL mostly takes. */
export const changes: fc.Arbitrary<RandomChange> = fc
  .record({ schema: schemas, ops: fc.array(op, { minLength: 1, maxLength: 4 }) })
  .map(({ schema, ops }) => {
    const writer = new Writer(schema)
    for (const one of ops) writer.write(one)
    return { schema, migration: writer.statements.map((s) => `${s};\n`).join(''), intents: writer.intents }
  })

/** The types that a column may be changed to, and the expression where a cast is not the answer. */
const RETYPES: Readonly<Record<string, readonly (readonly [type: string, using?: string])[]>> = {
  integer: [['bigint'], ['text', '$::text'], ['numeric(12,2)']],
  smallint: [['integer'], ['bigint']],
  bigint: [['numeric(20,0)'], ['text', '$::text']],
  text: [['varchar(60)'], ['integer', 'length($)']],
  'varchar(40)': [['text'], ['varchar(80)'], ['varchar(20)']],
  boolean: [
    ['integer', '$::integer'],
    ['text', '$::text'],
  ],
  'timestamp(3)': [['timestamp(6)'], ['timestamptz(3)', `$ AT TIME ZONE 'UTC'`]],
  'numeric(10,2)': [['numeric(12,2)'], ['numeric(10,4)']],
  '"Mood"': [['text', '$::text']],
  uuid: [['text', '$::text']],
}

/** Constants of the types. */
const CONSTANTS: Readonly<Record<string, string>> = {
  integer: '5',
  text: `'filled'`,
  boolean: 'true',
  'timestamp(3)': 'CURRENT_TIMESTAMP',
  uuid: 'gen_random_uuid()',
}

/** Writes statements on a table of which each column is changed once at most. */
class Writer {
  readonly statements: string[] = []
  readonly intents: Intent[] = []
  private readonly schema: RandomSchema
  private readonly free: RandomColumn[]
  private readonly used: Set<string>
  private readonly table: string
  private readonly alter: string
  private isRenamed = false

  constructor(schema: RandomSchema) {
    this.schema = schema
    this.free = [...schema.columns]
    this.used = new Set(['id', ...schema.columns.map((c) => c.name)])
    this.table = quoteName(schema.table)
    this.alter = `ALTER TABLE ${this.table}`
  }

  write(op: Op): void {
    if (this.isRenamed) return
    const [own] = NEW_KINDS.includes(op.kind) ? [] : this.free.splice(op.column % Math.max(this.free.length, 1), 1)
    this.statements.push(...(own ? this.changed(op, own) : this.made(op)))
  }

  /** What needs no column that is there. */
  private made({ kind, column, name, variant }: Op): string[] {
    if (kind === 'rename table') {
      this.isRenamed = true
      return [`${this.alter} RENAME TO "Later"`]
    }
    if (!NEW_KINDS.includes(kind)) return []
    const next = this.freshName(name)
    const types = Object.keys(CONSTANTS)
    const type = types[variant % types.length] ?? 'text'
    const add = `${this.alter} ADD COLUMN ${quoteName(next)}`
    if (kind === 'optional') return [`${add} ${type}`]
    if (kind === 'volatile') return [`${add} uuid DEFAULT gen_random_uuid()${variant % 2 ? ' NOT NULL' : ''}`]
    if (kind === 'foreign') {
      const key = `FOREIGN KEY (${quoteName(next)}) REFERENCES ${quoteName(this.schema.parent)} ("id")`
      return [`${add} integer`, `${this.alter} ADD CONSTRAINT "new_${name}_fkey" ${key}`]
    }
    this.intend('fill', next, this.fill(type, column, variant))
    return [`${add} ${type} NOT NULL`]
  }

  private changed({ kind, name, variant }: Op, own: RandomColumn): string[] {
    const c = quoteName(own.name)
    const isText = ['text', 'varchar(40)'].includes(own.type)
    const column = `${this.alter} ALTER COLUMN ${c}`
    switch (kind) {
      case 'rename':
        return [`${this.alter} RENAME COLUMN ${c} TO ${quoteName(this.freshName(name))}`]
      case 'dropAndAdd':
        return this.dropAndAdd(own, c, name, variant)
      case 'type':
        return this.retyped(own, c, variant)
      case 'drop':
        this.intents.push({ kind: 'drop', table: this.schema.table, column: own.name })
        return [`${this.alter} DROP COLUMN ${c}`]
      case 'notNull': {
        const fill = variant % 2 ? CONSTANTS[own.type] : undefined
        if (fill !== undefined) this.intend('fill', own.name, fill)
        return [`${column} SET NOT NULL`]
      }
      case 'loosen':
        return [`${column} DROP NOT NULL`]
      case 'default':
        return own.default === undefined ? [] : [`${column} ${variant % 2 ? 'DROP DEFAULT' : `SET DEFAULT ${own.default}`}`]
      case 'unique':
        if (!['integer', 'bigint', 'uuid', 'text'].includes(own.type) || own.default !== undefined) return []
        return [
          variant % 2
            ? `${this.alter} ADD CONSTRAINT "new_key" UNIQUE (${c})`
            : `CREATE UNIQUE INDEX "new_${name}" ON ${this.table} (${c})`,
        ]
      case 'index':
        return own.type === 'jsonb' ? [] : [`CREATE INDEX "new_${name}_${variant}" ON ${this.table} (${c})`]
      case 'check':
        return isText ? [`${this.alter} ADD CONSTRAINT "new_${name}_check" CHECK (${c} <> 'worse')`] : []
      default:
        return isText ? [`UPDATE ${this.table} SET ${c} = upper(${c}) WHERE ${c} = 'x'`] : []
    }
  }

  /** Prisma's way to rename: the data moves by intent, and a unique index of the column is made anew. */
  private dropAndAdd(own: RandomColumn, c: string, name: number, variant: number): string[] {
    const next = this.freshName(name)
    const end = `${own.type}${own.default === undefined ? '' : ` DEFAULT ${own.default}`}${own.notNull ? ' NOT NULL' : ''}`
    this.intents.push({ kind: 'rename', table: this.schema.table, column: own.name, to: next })
    const unique = this.schema.extras.some((e) => e.startsWith('CREATE UNIQUE INDEX') && e.endsWith(`(${c});`))
    return [
      `${this.alter} DROP COLUMN ${c},\nADD COLUMN ${quoteName(next)} ${end}`,
      ...(unique && variant > 0 ? [`CREATE UNIQUE INDEX "again_${name}" ON ${this.table} (${quoteName(next)})`] : []),
    ]
  }

  private retyped(own: RandomColumn, c: string, variant: number): string[] {
    const all = RETYPES[own.type] ?? []
    const [type, of] = all[variant % Math.max(all.length, 1)] ?? []
    if (type === undefined) return []
    const using = of?.replaceAll('$', c)
    const column = `${this.alter} ALTER COLUMN ${c}`
    if (using === undefined) return [`${column} SET DATA TYPE ${type}`]
    this.intend('convert', own.name, using)
    return [...(own.default === undefined ? [] : [`${column} DROP DEFAULT`]), `${column} SET DATA TYPE ${type} USING ${using}`]
  }

  private intend(kind: 'fill' | 'convert', column: string, expression: string): void {
    this.intents.push({ kind, table: this.schema.table, column, with: expression })
  }

  /** What fills a new column: a constant, or an expression over another one, which may be changed as well. */
  private fill(type: string, pick: number, variant: number): string {
    const of = this.schema.columns[pick % this.schema.columns.length]
    return type === 'text' && variant % 2 === 0 && of ? `coalesce(${quoteName(of.name)}::text, 'none')` : (CONSTANTS[type] ?? 'NULL')
  }

  private freshName(pick: number): string {
    const names = [...NAMES, 'fresh', 'Fresh two'].filter((n) => !this.used.has(n))
    const name = names[pick % names.length] ?? 'last'
    this.used.add(name)
    return name
  }
}
