import { type Catalog, quoteName, type Table } from '@expand-contract/core'

/**
 * Puts names of the catalog in the place of the words in guillemets, `picks` choosing among them: «table» (any), «column», «constraint», «trigger», «policy» (of the
 * «table» before it), «other» and «its column» (a second table), «index», «view», «sequence», «enum», «label», «domain», «range», «composite», «function», «type». Where
 * there is none, or now and then, a name that is perhaps not there.
 */
export function bind(text: string, picks: readonly number[], catalog: Catalog): string {
  let next = 0
  const pick = (): number => picks[next++ % picks.length] ?? 0
  let [table, other]: (Table | undefined)[] = []
  const one = (names: readonly string[], otherwise: string): string => {
    const n = pick()
    return (n % 12 === 0 ? undefined : names[n % names.length]) ?? otherwise
  }
  const relation = (keys: Iterable<string>, otherwise: string): string => short(one([...keys], otherwise), pick())
  const columnOf = (t: Table | undefined): string =>
    one(
      (t?.columns ?? []).map((c) => quoteName(c.name)),
      'a',
    )
  const choose: Record<string, () => string> = {
    table: () => {
      const key = one([...catalog.tables.keys()], '"public"."t"')
      table = catalog.tables.get(key)
      return short(key, pick())
    },
    other: () => {
      const key = one([...catalog.tables.keys()], '"public"."u"')
      other = catalog.tables.get(key)
      return short(key, pick())
    },
    column: () => columnOf(table),
    'its column': () => columnOf(other),
    constraint: () =>
      one(
        (table?.constraints ?? []).map((c) => quoteName(c.name)),
        'k1',
      ),
    'not null': () =>
      one(
        (table?.columns ?? []).flatMap((c) => (c.notNullConstraint ? [quoteName(c.notNullConstraint.name)] : [])),
        'k2',
      ),
    trigger: () =>
      one(
        (table?.triggers ?? []).map((t) => quoteName(t.name)),
        'r1',
      ),
    policy: () =>
      one(
        (table?.policies ?? []).map((p) => quoteName(p.name)),
        'y1',
      ),
    'table index': () =>
      one(
        (table?.indexes ?? []).map((i) => quoteName(i.name)),
        'i1',
      ),
    index: () => relation(indexes(catalog), '"public"."i1"'),
    view: () => relation(catalog.views.keys(), '"public"."v"'),
    sequence: () => relation(catalog.sequences.keys(), '"public"."s"'),
    enum: () => one([...catalog.enums.keys()], 'e'),
    domain: () => one([...catalog.domains.keys()], 'd'),
    range: () => one([...(catalog.ranges?.keys() ?? [])], 'rg'),
    composite: () => one([...catalog.composites.keys()], 'm'),
    function: () => relation(catalog.functions.keys(), '"public"."f"'),
    schema: () => one([...catalog.schemas].map(quoteName), 'side'),
  }
  // A word follows each opening guillemet; what comes before the first is text.
  const [start = '', ...rest] = text.split('«')
  return (
    start +
    rest
      .map((part) => part.split('»'))
      .map(([word = '', after = '']) => `${choose[word]?.() ?? word}${after}`)
      .join('')
  )
}

/** Mostly without the schema, where that is `public`. */
function short(key: string, pick: number): string {
  return key.startsWith('"public".') && pick % 4 > 0 ? key.slice('"public".'.length) : key
}

function indexes(catalog: Catalog): string[] {
  return [...catalog.tables.values()].flatMap((t) => t.indexes.map((i) => `${quoteName(t.schema)}.${quoteName(i.name)}`))
}
