import { describe, expect, it } from 'vitest'
import { readDump, UserError } from '../src/index.ts'

const TABLE = 'CREATE TABLE public.a (\n    id integer NOT NULL,\n    note text\n);\n'

describe('a dump', () => {
  it.each([
    ['psql lines', `\\restrict aB3\n\n\\connect shop\n${TABLE}\\unrestrict aB3\n`],
    ['Windows line ends', `\\restrict aB3\r\n${TABLE.replaceAll('\n', '\r\n')}\\unrestrict aB3\r\n`],
    ['rows', `${TABLE}COPY public.a (id, note) FROM stdin;\n1\tit's; "odd $$ /*\n\\.\n\nCOMMENT ON TABLE public.a IS 'x';\n`],
    ['no rows', `${TABLE}COPY public.a (id, note) FROM stdin;\n\\.\n`],
    ['rows to the end', `${TABLE}COPY public.a (id, note) FROM stdin;\n1\tx`],
    [
      'a backslash in text',
      `${TABLE}COMMENT ON TABLE public.a IS '\n\\connect x\n';\nCREATE FUNCTION public.f() RETURNS text LANGUAGE sql AS $$\nSELECT E'\\n;'\n$$;\n`,
    ],
    [
      'rights and owners',
      `${TABLE}ALTER TABLE public.a OWNER TO me;\nGRANT ALL ON TABLE public.a TO you;\nALTER DEFAULT PRIVILEGES FOR ROLE me IN SCHEMA public GRANT SELECT ON TABLES TO you;\n`,
    ],
  ])('is read with %s', (_, text) => {
    const { tables, incomplete } = readDump(text, 's.sql')
    expect([...incomplete]).toEqual([])
    expect(tables.get('"public"."a"')?.columns.map((c) => [c.name, c.type, c.notNull])).toEqual([
      ['id', 'integer', true],
      ['note', 'text', false],
    ])
  })

  it('keeps line numbers in what it says', () => {
    const text = `\\restrict x\n${TABLE}COPY public.a FROM stdin;\n1\n\\.\nOOPS;\n`
    expect(() => readDump(text, 's.sql')).toThrow(UserError)
    expect(() => readDump(text, 's.sql')).toThrow(/^s\.sql, line 9: /)
  })
})
