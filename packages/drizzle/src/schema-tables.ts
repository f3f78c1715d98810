import { type CallExpression, type Expression, Node, type ObjectLiteralExpression, type SourceFile, SyntaxKind } from 'ts-morph'
import { staticText, unwrap } from './static-value.ts'

/** A table as schema.ts declares it. */
export interface DeclaredTable {
  readonly schema: string
  /** Name in the database. */
  readonly name: string
  /** The object with the columns; undefined where it is built in a way that is not read here. */
  readonly columns: ObjectLiteralExpression | undefined
}

const MODULE = 'drizzle-orm/pg-core'

/** Tables of a schema, in source order: `pgTable`, tables of a `pgSchema`, and those of a `pgTableCreator`, which may be declared in another file. */
export function declaredTables(files: readonly SourceFile[]): DeclaredTable[] {
  const makers = files.flatMap(tableMakers)
  return files.flatMap((file) =>
    file.getDescendantsOfKind(SyntaxKind.CallExpression).flatMap((call) => {
      const maker = makerOf(call, makers)
      const [first, second] = call.getArguments()
      const name = Node.isExpression(first) ? staticText(first) : undefined
      if (!maker || name === undefined) return []
      return [{ schema: maker.schema, name: maker.naming(name), columns: Node.isExpression(second) ? columnsObject(second) : undefined }]
    }),
  )
}

interface Maker {
  /** How a call of it reads: `pgTable`, `auth.table`. */
  readonly callee: string
  readonly schema: string
  readonly naming: (name: string) => string
}

const PLAIN: Omit<Maker, 'callee'> = { schema: 'public', naming: (name) => name }

function makerOf(call: CallExpression, makers: readonly Maker[]): Maker | undefined {
  const callee = call.getExpression().getText()
  // Drizzle's helpers of a table function, such as `pgTable.withRLS(…)`, take the same arguments.
  return makers.find((m) => callee === m.callee || callee === `${m.callee}.withRLS`)
}

function tableMakers(file: SourceFile): Maker[] {
  const local = imported(file)
  const found: Maker[] = local.filter((i) => i.name === 'pgTable').map((i) => ({ callee: i.local, ...PLAIN }))
  for (const declaration of file.getVariableDeclarations()) {
    const call = declaration.getInitializer()
    if (!Node.isCallExpression(call)) continue
    const [argument] = call.getArguments()
    const maker = local.find((i) => i.local === call.getExpression().getText())?.name
    if (!Node.isExpression(argument)) continue
    const schema = staticText(argument)
    if (maker === 'pgSchema' && schema !== undefined) {
      found.push({ callee: `${declaration.getName()}.table`, schema, naming: PLAIN.naming })
    }
    const naming = maker === 'pgTableCreator' ? namingOf(argument) : undefined
    if (naming) found.push({ callee: declaration.getName(), schema: 'public', naming })
  }
  return found
}

/** What a file imports from Drizzle: the exported name and how this file writes it. */
function imported(file: SourceFile): { name: string; local: string }[] {
  return file
    .getImportDeclarations()
    .filter((d) => d.getModuleSpecifierValue() === MODULE)
    .flatMap((d) => {
      const space = d.getNamespaceImport()?.getText()
      const whole =
        space === undefined ? [] : ['pgTable', 'pgSchema', 'pgTableCreator'].map((name) => ({ name, local: `${space}.${name}` }))
      const named = d.getNamedImports().map((i) => ({ name: i.getName(), local: i.getAliasNode()?.getText() ?? i.getName() }))
      return [...named, ...whole]
    })
}

/** ``(name) => `shop_${name}` `` as a function; undefined for anything that does more. */
function namingOf(argument: Expression): ((name: string) => string) | undefined {
  if (!Node.isArrowFunction(argument)) return undefined
  const body = argument.getBody()
  const parameter = argument.getParameters()[0]?.getName()
  if (Node.isIdentifier(body) && body.getText() === parameter) return PLAIN.naming
  if (!Node.isTemplateExpression(body)) return undefined
  const [span, ...more] = body.getTemplateSpans()
  if (!span || more.length > 0 || span.getExpression().getText() !== parameter) return undefined
  const [before, after] = [body.getHead().getLiteralText(), span.getLiteral().getLiteralText()]
  return (name) => `${before}${name}${after}`
}

/** The columns written in place: an object, or a callback `(t) => ({ … })` that returns one. */
function columnsObject(argument: Expression): ObjectLiteralExpression | undefined {
  const value = Node.isIdentifier(argument) ? argument : unwrap(argument)
  if (Node.isObjectLiteralExpression(value)) return value
  if (!Node.isArrowFunction(value) && !Node.isFunctionExpression(value)) return undefined
  const body = value.getBody()
  const returned = Node.isBlock(body) ? body.getStatements().find(Node.isReturnStatement)?.getExpression() : body
  const object = Node.isExpression(returned) ? unwrap(returned) : undefined
  return Node.isObjectLiteralExpression(object) ? object : undefined
}
