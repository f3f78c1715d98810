import fc from 'fast-check'

/** SQL, made at random. A word in guillemets stands for a name that is chosen when the statement's turn comes: see `bind`. */
export type Sql = fc.Arbitrary<string>

/** Few names, so that statements meet each other's objects; among them ones that need quotes, that PostgreSQL cuts off and that it gives itself. */
const LONG = 'a_name_of_sixty_characters_that_leaves_no_room_for_an_end_xy'
const TOO_LONG = `${LONG}_and_more`

export const schema: Sql = among('side', 'public')
export const newTable: Sql = qualified(among('t', 'u', '"T x"', 'p', 't_a_seq', LONG))
export const newView: Sql = qualified(among('v', 'w', 'u'))
export const newColumn: Sql = among('a', 'b', 'c', '"C"', LONG)
export const newName: Sql = among('t', 'u', 'v', 'e', 'd', 's', 't_a_seq', 't_pkey', '_t', '"T x"', '"new"', TOO_LONG)
export const newConstraint: Sql = among(
  'k1',
  'k2',
  't_pkey',
  't_a_key',
  't_a_check',
  't_check',
  't_a_fkey',
  't_a_not_null',
  'u_pkey',
  TOO_LONG,
)
export const newIndex: Sql = among('i1', 'i2', 't_a_idx', 't_a_key', 't_pkey', 'u', TOO_LONG)
export const newSequence: Sql = qualified(among('s', 't_a_seq', 't_a_seq1', 'u_b_seq', 'r'))
export const newEnum: Sql = qualified(among('e', '"E"'))
export const newDomain: Sql = qualified(among('d', '"D x"'))
export const newRange: Sql = qualified(among('rg', '"A range"', 'e'))
export const newComposite: Sql = qualified(among('m', 'e', 't'))

/** A name with a schema or, more often, without. */
export function qualified(name: Sql): Sql {
  return sql(maybe(sql(schema, '.'), 0.3), name)
}

/** One of some texts. */
export function among(...texts: readonly string[]): Sql {
  return fc.constantFrom(...texts)
}

function given(text: string | Sql): Sql {
  return typeof text === 'string' ? fc.constant(text) : text
}

/** Texts in a row. */
export function sql(...parts: readonly (string | Sql)[]): Sql {
  return fc.tuple(...parts.map(given)).map((texts) => texts.join(''))
}

/** The text or nothing. */
export function maybe(text: string | Sql, often = 0.4): Sql {
  const weight = Math.round(often * 100)
  return fc.oneof({ weight: 100 - weight, arbitrary: fc.constant('') }, { weight, arbitrary: given(text) })
}

/** Some of them in a row, with a separator. */
export function several(item: string | Sql, most = 3, separator = ', '): Sql {
  return fc.array(given(item), { minLength: 1, maxLength: most, size: 'max' }).map((items) => items.join(separator))
}

/** One of them; a number says how often it comes compared with the others. */
export function oneOf(...choices: readonly (Sql | string | readonly [number, Sql | string])[]): Sql {
  return fc.oneof(
    ...choices.map((choice) =>
      isWeighted(choice) ? { weight: choice[0], arbitrary: given(choice[1]) } : { weight: 1, arbitrary: given(choice) },
    ),
  )
}

function isWeighted(choice: Sql | string | readonly [number, Sql | string]): choice is readonly [number, Sql | string] {
  return Array.isArray(choice)
}

export const columns: Sql = oneOf([4, '«column»'], [3, '«column», «column»'], '«column», «column», «column»')
export const cascade: Sql = oneOf([3, ''], [2, ' CASCADE'], ' RESTRICT')
export const ifExists: Sql = maybe('IF EXISTS ', 0.3)
export const ifNotExists: Sql = maybe('IF NOT EXISTS ', 0.3)
