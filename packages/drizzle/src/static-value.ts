import { type Expression, Node, type ObjectLiteralExpression, type SourceFile } from 'ts-morph'

/** The expression without parentheses, `as`, `satisfies`, `!`; a name of a `const` of the same file is followed to its initializer. */
export function unwrap(expression: Expression): Expression {
  let inner = expression
  for (let hops = 0; hops < 20; hops++) {
    if (
      Node.isParenthesizedExpression(inner) ||
      Node.isAsExpression(inner) ||
      Node.isSatisfiesExpression(inner) ||
      Node.isNonNullExpression(inner)
    ) {
      inner = inner.getExpression()
    } else if (Node.isIdentifier(inner)) {
      const value = inner.getSourceFile().getVariableDeclaration(inner.getText())?.getInitializer()
      if (!value || value === inner) return inner
      inner = value
    } else return inner
  }
  return inner
}

/** A text that the source says outright, or undefined where only running the program would tell. */
export function staticText(expression: Expression): string | undefined {
  const value = unwrap(expression)
  return Node.isStringLiteral(value) || Node.isNoSubstitutionTemplateLiteral(value) ? value.getLiteralValue() : undefined
}

/** A text or a list of texts that the source says outright. */
export function staticTexts(expression: Expression): string[] | undefined {
  const value = unwrap(expression)
  const texts = Node.isArrayLiteralExpression(value) ? value.getElements().map(staticText) : [staticText(value)]
  return texts.every((t) => t !== undefined) ? texts : undefined
}

/** A property's value, or undefined where the object has none of that name (spreads are not followed). */
export function property(object: ObjectLiteralExpression, name: string): Expression | undefined {
  const found = object.getProperty((p) => 'getName' in p && p.getName().replaceAll(/^['"]|['"]$/g, '') === name)
  if (Node.isPropertyAssignment(found)) return found.getInitializer()
  return Node.isShorthandPropertyAssignment(found) ? found.getNameNode() : undefined
}

/** The object that a module exports by default (ESM or CommonJS), with a call such as `defineConfig(…)` around it or without. */
export function exportedObject(file: SourceFile): ObjectLiteralExpression | undefined {
  const exported = file.getExportAssignment((e) => !e.isExportEquals())?.getExpression() ?? commonJsExport(file)
  if (!exported) return undefined
  const value = unwrap(exported)
  const [argument] = Node.isCallExpression(value) ? value.getArguments() : [value]
  const object = Node.isExpression(argument) ? unwrap(argument) : undefined
  return Node.isObjectLiteralExpression(object) ? object : undefined
}

function commonJsExport(file: SourceFile): Expression | undefined {
  for (const statement of file.getStatements()) {
    const assignment = Node.isExpressionStatement(statement) ? statement.getExpression() : undefined
    if (!Node.isBinaryExpression(assignment)) continue
    if (['module.exports', 'exports.default'].includes(assignment.getLeft().getText())) return assignment.getRight()
  }
  return undefined
}

/** A property that is an object written outright. */
export function objectAt(object: ObjectLiteralExpression, name: string): ObjectLiteralExpression | undefined {
  const value = property(object, name)
  const inner = value && unwrap(value)
  return Node.isObjectLiteralExpression(inner) ? inner : undefined
}

/** The name in `process.env.NAME`, `process.env['NAME']`, or either of them with a `??` or `||` behind it. */
export function environmentVariable(expression: Expression): string | undefined {
  const value = unwrap(expression)
  if (Node.isBinaryExpression(value)) return environmentVariable(value.getLeft())
  if (Node.isPropertyAccessExpression(value) && value.getExpression().getText() === 'process.env') return value.getName()
  if (!Node.isElementAccessExpression(value) || value.getExpression().getText() !== 'process.env') return undefined
  const key = value.getArgumentExpression()
  return key && staticText(key)
}
