import type { Plan } from '@expand-contract/core'
import { type CallExpression, type Expression, Node, type ObjectLiteralExpression } from 'ts-morph'
import { declaredTables } from './schema-tables.ts'
import { sourceFile } from './source-file.ts'
import { staticText } from './static-value.ts'

type ColumnMap = Plan['maps'][number]

/** A source file as text. */
export interface SourceText {
  readonly path: string
  readonly text: string
}

interface Splice {
  readonly path: string
  readonly start: number
  readonly end: number
  readonly text: string
}

/**
 * The files that change so that each field is mapped to its old column, or why one can't be found for certain. Positions come from the tree, the text is
 * spliced, so that formatting and comments stay as they are.
 */
export function editColumns(
  files: readonly SourceText[],
  maps: readonly ColumnMap[],
): { readonly files: readonly SourceText[] } | { readonly missing: string } {
  const tables = declaredTables(files.map(({ path, text }) => sourceFile(path, text)))
  const splices: Splice[] = []
  for (const map of maps) {
    const found = tables.filter((t) => meansTable(map.table, t))
    const [table, ...more] = found
    if (!table) return { missing: `no table "${map.table}" was found in the schema files` }
    if (more.length > 0) return { missing: `the table "${map.table}" is declared ${found.length} times in the schema files` }
    const builders = table.columns ? buildersOf(table.columns, map.to) : []
    const [builder] = builders
    if (!builder || builders.length > 1)
      return { missing: `the field of "${map.table}.${map.to}" was not found where the table is declared` }
    const splice = nameSplice(builder, map.column)
    if (!splice) return { missing: `the column name of "${map.table}.${map.to}" is computed` }
    splices.push(splice)
  }
  return {
    files: files.flatMap((file) =>
      apply(
        file,
        splices.filter((s) => s.path === file.path),
      ),
    ),
  }
}

function meansTable(written: string, { schema, name }: { schema: string; name: string }): boolean {
  const bare = written.replaceAll('"', '')
  return bare === `${schema}.${name}` || (bare === name && schema === 'public')
}

/** The calls that begin the columns of this name: the one that names it, else those of fields whose key becomes the name in one of Drizzle's casings. */
function buildersOf(columns: ObjectLiteralExpression, name: string): CallExpression[] {
  const fields = columns.getProperties().flatMap((p) => {
    const builder = Node.isPropertyAssignment(p) ? builderOf(p.getInitializer()) : undefined
    return Node.isPropertyAssignment(p) && builder ? [{ key: p.getName().replaceAll(/^['"]|['"]$/g, ''), builder }] : []
  })
  const named = fields.filter((f) => nameOf(f.builder) === name)
  const keyed = fields.filter((f) => nameOf(f.builder) === undefined && [f.key, snakeCase(f.key)].includes(name))
  return (named.length > 0 ? named : keyed).map((f) => f.builder)
}

/** `text('name').notNull().default('')` begins with the call `text('name')`. */
function builderOf(expression: Expression | undefined): CallExpression | undefined {
  if (!Node.isCallExpression(expression)) return undefined
  const callee = expression.getExpression()
  const inner = Node.isPropertyAccessExpression(callee) ? builderOf(callee.getExpression()) : undefined
  return inner ?? expression
}

function nameOf(builder: CallExpression): string | undefined {
  const [first] = builder.getArguments()
  return Node.isExpression(first) ? staticText(first) : undefined
}

/** Drizzle's own `snake_case`: words and runs of capitals in lower case, joined by `_`. */
function snakeCase(key: string): string {
  return (key.match(/[\da-z]+|[A-Z]+(?![a-z])|[A-Z][\da-z]+/g) ?? []).map((word) => word.toLowerCase()).join('_')
}

/** The edit that gives the builder this column name, or undefined where its first argument is neither a name nor options. */
function nameSplice(builder: CallExpression, name: string): Splice | undefined {
  const path = builder.getSourceFile().getFilePath()
  const [first] = builder.getArguments()
  if (!first) {
    // Between the parentheses, whatever comment stands there.
    const end = builder.getEnd() - 1
    return { path, start: end, end, text: quoted(name, quoteOf(builder)) }
  }
  if (Node.isStringLiteral(first) || Node.isNoSubstitutionTemplateLiteral(first)) {
    return { path, start: first.getStart(), end: first.getEnd(), text: quoted(name, first.getText().charAt(0)) }
  }
  if (!Node.isObjectLiteralExpression(first)) return undefined
  return { path, start: first.getStart(), end: first.getStart(), text: `${quoted(name, quoteOf(builder))}, ` }
}

/** The quote that the file uses for its imports. */
function quoteOf(node: Node): string {
  return node.getSourceFile().getImportDeclarations()[0]?.getModuleSpecifier().getText().charAt(0) ?? "'"
}

function quoted(text: string, quote: string): string {
  const escaped = [...text].map((c) => (c === quote || c === '\\' || (quote === '`' && c === '$') ? `\\${c}` : c))
  return `${quote}${escaped.join('')}${quote}`
}

function apply(file: SourceText, splices: readonly Splice[]): SourceText[] {
  if (splices.length === 0) return []
  const last = [...splices].sort((a, b) => b.start - a.start)
  return [{ path: file.path, text: last.reduce((text, s) => text.slice(0, s.start) + s.text + text.slice(s.end), file.text) }]
}
