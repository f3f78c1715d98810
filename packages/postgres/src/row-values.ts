import type { ValueType } from './live-table.ts'

/** Longest text made for a column: PostgreSQL refuses index entries over 2,704 bytes. */
const LONGEST = 600

const HARD_TEXT = [
  '',
  ' ',
  'it\'s "quoted" \\ and\ttabbed\nover lines',
  '\u{1F469}\u200D\u{1F469}\u200D\u{1F467} \u{1F1E9}\u{1F1EA}',
  '\u05E9\u05DC\u05D5\u05DD \u202Eabc',
  'e\u0301 \u00E9 \u212B',
  'NULL',
  '007',
  '0.10',
]

const HARD: Record<string, readonly string[]> = {
  bool: ['true', 'false'],
  int2: ['-32768', '32767', '0', '-1'],
  int4: ['-2147483648', '2147483647', '0', '-1'],
  int8: ['-9223372036854775808', '9223372036854775807', '0', '-1', '3000000000'],
  float4: ['NaN', 'Infinity', '-Infinity', '0', '-0', '1e-37', '0.1'],
  float8: ['NaN', 'Infinity', '-Infinity', '0', '-0', '1.7976931348623157e308', '0.1'],
  date: ['infinity', '-infinity', '0044-03-15 BC', '5874897-12-31', '2024-02-29'],
  timestamp: ['infinity', '-infinity', '0044-03-15 00:00:00 BC', '294276-12-31 23:59:59', '2024-02-29 12:00:00.123456'],
  timestamptz: ['infinity', '-infinity', '0044-03-15 00:00:00+00 BC', '294276-12-31 12:00:00+00', '2024-02-29 12:00:00.123456+00'],
  time: ['00:00:00', '24:00:00', '23:59:59.999999'],
  timetz: ['00:00:00+14', '24:00:00-12', '23:59:59.999999+00'],
  interval: ['0', '1 mon -1 days', '-1 year 00:00:00.000001'],
  json: ['{}', '[]', 'null', '{"a":1,"a":2}', '"text"', '1.50', '{"a":{"b":[1,null]}}'],
  jsonb: ['{}', '[]', 'null', '{"a":1.50}', '"text"', '{"":{"b":[1,null,"\u{1F980}"]}}'],
  uuid: ['00000000-0000-0000-0000-000000000000', 'ffffffff-ffff-ffff-ffff-ffffffffffff'],
  bytea: ['\\x', '\\x00', '\\xff00'],
  inet: ['::', '255.255.255.255', '10.0.0.0/8'],
  cidr: ['::/0', '10.0.0.0/8'],
  money: ['-92233720368547758.08', '0'],
}

/** Values that hurt, as text: empty, longest, extreme, not ASCII. Empty for a type that this does not know. */
export function hardValues(type: ValueType): string[] {
  if (type.labels.length > 0) return [...type.labels]
  if (type.element) {
    const [a = 'NULL', b = 'NULL'] = [plainValue(type.element, 1), plainValue(type.element, 2)].map((v) => v && quoteElement(v))
    const all = type.element.labels.map(quoteElement)
    return ['{}', `{${a},NULL,${b}}`, `{${a},${a}}`, ...(all.length > 0 ? [`{${all.join(',')}}`] : [])]
  }
  if (type.base === 'numeric') return hardNumeric(type.typmod)
  if (isText(type)) {
    const limit = textLimit(type)
    return [...HARD_TEXT, '\u6F22'.repeat(Math.min(limit, LONGEST))].map((text) => [...text].slice(0, limit).join(''))
  }
  return [...(HARD[type.base] ?? [])]
}

/** True for types that hold any text. */
export function isText(type: ValueType): boolean {
  return ['text', 'varchar', 'bpchar', 'citext', 'name'].includes(type.base)
}

function textLimit(type: ValueType): number {
  if (type.base === 'name') return 20
  return type.typmod > 4 && type.base !== 'text' ? type.typmod - 4 : Number.POSITIVE_INFINITY
}

function hardNumeric(typmod: number): string[] {
  if (typmod < 4) return ['NaN', '0.10', '0.1', '-1e40', '1e-20', '0']
  const [precision, scale] = digits(typmod)
  if (scale < 0 || scale > precision) return ['0']
  const most = `${'9'.repeat(precision - scale) || '0'}${scale > 0 ? `.${'9'.repeat(scale)}` : ''}`
  return [most, `-${most}`, 'NaN', '0', '0.1'].slice(0, scale > 0 ? 5 : 4)
}

function digits(typmod: number): [precision: number, scale: number] {
  const packed = typmod - 4
  return [(packed >> 16) & 0xffff, ((packed & 0x7ff) ^ 1024) - 1024]
}

/** The nth of many ordinary values of the type, as text; undefined for a type that this does not know. */
export function plainValue(type: ValueType, n: number): string | undefined {
  if (type.labels.length > 0) return type.labels[n % type.labels.length]
  if (type.element) {
    const element = plainValue(type.element, n)
    return element === undefined ? '{}' : `{${quoteElement(element)}}`
  }
  if (isText(type)) return shortText(n, textLimit(type))
  const make = PLAIN[type.base]
  return make?.(n, type.typmod)
}

const pad = (n: number, width = 2) => String(n).padStart(width, '0')
const day = (n: number) => `20${pad(n % 50)}-${pad((Math.floor(n / 50) % 12) + 1)}-${pad((Math.floor(n / 600) % 28) + 1)}`
const clock = (n: number) => `${pad(Math.floor(n / 3600) % 24)}:${pad(Math.floor(n / 60) % 60)}:${pad(n % 60)}`
const range = (n: number) => `[${n},${n + 1})`

const PLAIN: Record<string, (n: number, typmod: number) => string> = {
  bool: (n) => (n % 2 === 0 ? 'true' : 'false'),
  int2: (n) => String(n % 32768),
  int4: String,
  int8: String,
  oid: String,
  float4: String,
  float8: String,
  numeric: (n, typmod) => {
    const [precision, scale] = typmod < 4 ? [9, 0] : digits(typmod)
    return String(n % 10 ** Math.max(0, Math.min(9, precision - scale)))
  },
  money: String,
  date: day,
  timestamp: (n) => `${day(n)} ${clock(n)}`,
  timestamptz: (n) => `${day(n)} ${clock(n)}+00`,
  time: clock,
  timetz: (n) => `${clock(n)}+00`,
  interval: (n) => `${n} seconds`,
  json: (n) => `{"n":${n}}`,
  jsonb: (n) => `{"n": ${n}}`,
  uuid: (n) => `00000000-0000-4000-8000-${pad(n, 12)}`,
  bytea: (n) => `\\x${pad(n, 8)}`,
  inet: (n) => `10.${(n >> 16) & 255}.${(n >> 8) & 255}.${n & 255}`,
  cidr: (n) => `10.${(n >> 16) & 255}.${(n >> 8) & 255}.${n & 255}/32`,
  macaddr: (n) => `08:00:2b:${pad((n >> 16) & 63)}:${pad((n >> 8) & 63)}:${pad(n % 100)}`,
  bit: (n, typmod) => n.toString(2).padStart(typmod, '0').slice(-typmod),
  varbit: (n, typmod) => n.toString(2).slice(0, typmod > 0 ? typmod : undefined),
  xml: (n) => `<a n="${n}"/>`,
  tsvector: (n) => `'word${n}'`,
  tsquery: (n) => `'word${n}'`,
  point: (n) => `(${n},0)`,
  int4range: range,
  int8range: range,
  numrange: range,
  daterange: (n) => `[${day(n)},infinity)`,
  tsrange: (n) => `["${day(n)}",)`,
  tstzrange: (n) => `["${day(n)} 00:00:00+00",)`,
  hstore: (n) => `n=>${n}`,
  ltree: (n) => `top.n${n}`,
  vector: (n, typmod) => `[${Array.from({ length: typmod > 0 ? typmod : 3 }, (_, i) => (n + i) % 10).join(',')}]`,
}

function shortText(n: number, limit: number): string {
  const word = n.toString(36)
  return word.length < limit ? `v${word}` : word.slice(-limit)
}

function quoteElement(value: string): string {
  return `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
}
