import type { ByteSpan, PgNode } from './parser.ts'

/** One command as the ORM wrote it: a multi-action ALTER TABLE is one statement for each action. */
export interface Statement {
  /** Position in the migration, from 0, counting split commands one by one. */
  readonly index: number
  /** The command without comments around it and without `;`: a slice of the source, or for a split ALTER TABLE its head and the one action. */
  readonly sql: string
  /** Bytes of the source that this command came from; the parts of a split ALTER TABLE share one span. */
  readonly span: ByteSpan
  /** PostgreSQL's tree of `sql`. */
  readonly node: PgNode
  /** How many commands the source statement was split into, and which one this is (from 0). `{ of: 1, part: 0 }` for most. */
  readonly split: { readonly of: number; readonly part: number }
  /** 1-based line of the source where the command starts; for a part of a split ALTER TABLE, where its action does. */
  readonly line: number
  /** 1-based column in that line, in UTF-16 code units as editors count; a byte order mark counts as nothing. */
  readonly column: number
  /** What to take from a location in `node` to get a byte offset in `sql`: locations count from the start of the text that was parsed. */
  readonly base: number
  /** Set where it stands inside a DO block that was opened. */
  readonly within?: Within
}

/** The DO block around a statement. */
export interface Within {
  readonly block: Statement
  /** True where the statement is all that the block does, and is sure to run: it can stand in the block's place. */
  readonly alone: boolean
}

/** The SQL text of one migration, read. */
export interface Script {
  readonly text: string
  readonly statements: readonly Statement[]
  /** Set where the text is not SQL that PostgreSQL 18 reads; `statements` is then empty. */
  readonly unreadable?: { readonly message: string; readonly line: number }
}
