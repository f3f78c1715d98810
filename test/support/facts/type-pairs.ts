/** What stands behind ALTER COLUMN c TYPE, by the column's type and a value that all of them take. */
export interface TypePairs {
  readonly from: string
  readonly value: string
  /** The type, perhaps with COLLATE or USING. */
  readonly to: readonly string[]
  /** What of the type can be: nothing where it, or one of the others, has no btree operator class; no keys on a domain over an array or enum. */
  readonly can: 'be a key' | 'be indexed' | 'be neither'
  /** The pairs depend on the session's time zone. */
  readonly zoned?: true
}

const pairs = (from: string, value: string, to: string): TypePairs => ({ from, value, to: to.split('; '), can: 'be a key' })
const keyless = (from: string, value: string, to: string): TypePairs => ({ from, value, to: to.split('; '), can: 'be indexed' })
const unordered = (from: string, value: string, to: string): TypePairs => ({ from, value, to: to.split('; '), can: 'be neither' })
const zoned = (from: string, value: string, to: string): TypePairs => ({ from, value, to: to.split('; '), can: 'be a key', zoned: true })

/** What the pairs need. */
export const SCHEMA = `
CREATE EXTENSION citext;
CREATE TYPE mood AS ENUM ('1', '2');
CREATE TYPE feeling AS ENUM ('1', '2');
CREATE TYPE pair AS (a int, b int);
CREATE TYPE couple AS (a int, b int);
CREATE DOMAIN words AS text;
CREATE DOMAIN short AS varchar(10);
CREATE DOMAIN shorter AS short;
CREATE DOMAIN checked AS text CHECK (VALUE <> 'x');
CREATE DOMAIN deeper AS checked;
CREATE DOMAIN required AS text NOT NULL;
CREATE DOMAIN latin AS text COLLATE "C";
CREATE DOMAIN whole AS integer;
CREATE DOMAIN positive AS integer CHECK (VALUE > 0);
CREATE DOMAIN temper AS mood;
CREATE DOMAIN list AS integer[];
CREATE DOMAIN moment AS timestamptz;
CREATE DOMAIN price AS numeric(10, 2);
`

export const PAIRS: readonly TypePairs[] = [
  pairs('text', `'1'`, 'text; varchar; varchar(10); char(1); bpchar; name; citext; text COLLATE "C"; varchar COLLATE "C"'),
  pairs('text', `'1'`, 'integer; integer USING c::integer; mood; mood USING c::mood; words; short; checked; deeper; required; latin'),
  pairs(
    'text',
    `'1'`,
    'text USING c; text USING c::text; text USING c::varchar; text USING c::varchar(10); varchar USING (c::text)::varchar',
  ),
  pairs('text', `'1'`, `text USING lower(c); text USING c || ''; text USING c COLLATE "C"; text USING 'x'; uuid; boolean USING c::boolean`),
  pairs('text', `'1'`, 'bigint USING (c::integer); date USING now(); text[] USING ARRAY[c]; numeric USING c::numeric(10,2); pair'),
  pairs('varchar', `'1'`, 'varchar; text; varchar(10); bpchar; citext; words'),
  pairs('varchar(10)', `'1'`, 'varchar(10); varchar(20); varchar(5); varchar; text; char(10); bpchar; name; citext; integer'),
  pairs(
    'varchar(10)',
    `'1'`,
    'short; shorter; words; varchar(20) USING c::varchar(20); varchar(20) USING c::text; text USING c::varchar(5)',
  ),
  pairs('varchar(10)', `'1'`, 'varchar(20) COLLATE "C"; varchar(10) COLLATE "C"; text USING c::varchar(20)'),
  pairs('varchar(10) COLLATE "C"', `'1'`, 'varchar(20); varchar(20) COLLATE "C"; text COLLATE "POSIX"; latin; words'),
  pairs('char(1)', `'1'`, 'char(1); char(2); bpchar; text; varchar; varchar(5); "char"'),
  pairs('bpchar', `'1'`, 'bpchar; char(5); text; varchar'),
  pairs('citext', `'1'`, 'citext; text; varchar; varchar(10); integer'),
  pairs('name', `'1'`, 'name; text; varchar(63)'),
  keyless('"char"', `'1'`, 'text; integer; integer USING c::integer'),
  pairs('words', `'1'`, 'words; text; varchar; varchar(10); checked; citext; text USING c::text'),
  pairs('short', `'1'`, 'varchar(10); varchar(20); varchar; text; shorter; words'),
  pairs('checked', `'1'`, 'text; deeper; words; checked'),
  pairs('latin', `'1'`, 'text; text COLLATE "C"; words'),
  pairs('smallint', '1', 'smallint; integer; bigint; numeric; text; real; boolean; oid'),
  pairs('integer', '1', 'integer; smallint; bigint; numeric; numeric(10,2); text; varchar; varchar(20); real; double precision'),
  pairs('integer', '1', 'oid; regclass; whole; positive; boolean; boolean USING c::boolean; boolean USING (c <> 0); mood; date; money'),
  pairs('integer', '1', 'integer USING c; integer USING c + 1; integer USING c::bigint; bigint USING c::bigint; integer USING id; bytea'),
  pairs('bigint', '1', 'integer; bigint; numeric; text; oid; smallint USING c::smallint'),
  pairs('whole', '1', 'integer; bigint; positive; whole'),
  pairs('positive', '1', 'integer; whole'),
  pairs('oid', '1', 'integer; bigint; regclass; text; regtype'),
  pairs('regclass', '1', 'oid; integer; text; regtype; regtype USING c::oid'),
  pairs('real', '1', 'double precision; numeric; integer; text'),
  pairs('double precision', '1', 'real; numeric; bigint'),
  pairs('numeric', '1', 'numeric; numeric(10,2); integer; text; price; double precision; money'),
  pairs(
    'numeric(10,2)',
    '1',
    'numeric(10,2); numeric(12,2); numeric(8,2); numeric(12,3); numeric(12,1); numeric; numeric(10); price; bigint',
  ),
  pairs('numeric(10)', '1', 'numeric(12); numeric(12,0); numeric(12,2); numeric USING c::numeric(12)'),
  pairs('price', '1', 'numeric; numeric(10,2); numeric(12,2)'),
  pairs('money', '1', 'numeric; text; integer'),
  pairs('boolean', 'true', 'boolean; text; integer; integer USING c::integer; integer USING CASE WHEN c THEN 1 ELSE 0 END; varchar(5)'),
  pairs('bit(3)', `B'101'`, 'bit(3); bit varying; bit varying(3); bit varying(5); text; integer'),
  pairs('bit varying(5)', `B'101'`, 'bit varying(5); bit varying(8); bit varying(4); bit varying; bit(3)'),
  pairs('bit varying', `B'101'`, 'bit varying(8); bit varying; bit(3)'),
  pairs('bytea', `'1'`, 'bytea; text; text USING encode(c, $$hex$$); bigint'),
  pairs('inet', `'10.0.0.1'`, 'inet; cidr; text; varchar(50)'),
  pairs('cidr', `'10.0.0.0/8'`, 'inet; cidr; text; inet USING c::inet'),
  pairs('macaddr', `'08:00:2b:01:02:03'`, 'macaddr8; text; macaddr'),
  pairs('uuid', `'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'`, 'uuid; text; varchar(36); char(36); bytea; integer'),
  pairs('varchar(36)', `'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'`, 'uuid; uuid USING c::uuid; uuid USING c::text::uuid'),
  pairs('date', `'2020-01-01'`, 'date; timestamp; timestamptz; timestamp(3); text; integer; time'),
  pairs('time', `'12:00'`, 'time; time(3); time(6); timetz; interval; text'),
  pairs('time(3)', `'12:00'`, 'time; time(3); time(4); time(2); time(6); timetz(3)'),
  pairs('timetz', `'12:00+00'`, 'timetz(3); timetz(6); time; timetz'),
  pairs('timetz(3)', `'12:00+00'`, 'timetz(4); timetz'),
  zoned('timestamp', `'2020-01-01'`, 'timestamp; timestamp(3); timestamp(6); timestamptz; timestamptz(6); timestamptz(3); moment'),
  zoned(
    'timestamp',
    `'2020-01-01'`,
    `timestamptz USING c AT TIME ZONE 'UTC'; timestamptz USING c::timestamptz; timestamp USING c::timestamptz; date; time; text`,
  ),
  zoned(
    'timestamp(3)',
    `'2020-01-01'`,
    'timestamp; timestamp(6); timestamp(3); timestamp(4); timestamp(2); timestamptz; timestamptz(6); timestamptz(3)',
  ),
  zoned(
    'timestamp(3)',
    `'2020-01-01'`,
    `timestamptz(6) USING c::timestamptz; timestamptz USING c::timestamptz(3); timestamptz(3) USING c AT TIME ZONE 'UTC'`,
  ),
  zoned(
    'timestamptz',
    `'2020-01-01'`,
    'timestamptz; timestamptz(3); timestamptz(6); timestamp; timestamp(6); timestamp(3); moment; date; timetz; bigint',
  ),
  zoned(
    'timestamptz(3)',
    `'2020-01-01'`,
    'timestamptz; timestamptz(6); timestamptz(4); timestamptz(2); timestamp; timestamp(3); timestamp(6)',
  ),
  zoned('moment', `'2020-01-01'`, 'timestamptz; timestamp; timestamptz(3)'),
  pairs('interval', `'1 day'`, 'interval; interval(3); interval(6); interval second; interval year; interval day to second; text; time'),
  pairs(
    'interval(3)',
    `'1 day'`,
    'interval; interval(3); interval(4); interval(2); interval(6); interval day to second(3); interval second(3)',
  ),
  pairs(
    'interval day to second',
    `'1 day'`,
    'interval; interval day; interval day to second(3); interval day to minute; interval year to month',
  ),
  pairs('interval year', `'1 year'`, 'interval year to month; interval; interval month; interval day; interval year; interval(3)'),
  pairs(
    'interval day to second(3)',
    `'1 day'`,
    'interval second(3); interval second(2); interval day to second(4); interval minute to second(3)',
  ),
  pairs('interval minute', `'1 minute'`, 'interval second; interval hour; interval(2)'),
  pairs(
    'mood',
    `'1'`,
    'mood; text; varchar; varchar(10); feeling; feeling USING c::feeling; feeling USING c::text::feeling; temper; integer',
  ),
  keyless('temper', `'1'`, 'mood; text; temper'),
  pairs('integer[]', `'{1}'`, 'integer[]; bigint[]; text[]; text; integer; list; integer USING c[1]; jsonb; jsonb USING to_jsonb(c)'),
  keyless('list', `'{1}'`, 'integer[]; list; bigint[]'),
  keyless(
    'varchar(10)[]',
    `'{1}'`,
    'varchar(20)[]; varchar(10)[]; varchar[]; text[]; varchar(5)[]; integer[]; integer[] USING c::integer[]',
  ),
  pairs('text[]', `'{1}'`, 'varchar[]; text[]; mood[]; mood[] USING c::mood[]; words[]; citext[]'),
  pairs('mood[]', `'{1}'`, 'text[]; feeling[]; feeling[] USING c::text[]::feeling[]; mood[]'),
  pairs('int4range', `'[1,5)'`, 'int4range; text; int8range; int4multirange; int4multirange USING c::int4multirange'),
  pairs('pair', `'(1,2)'`, 'pair; couple; text'),
  pairs('jsonb', `'1'`, `jsonb; text; integer; integer USING c::integer; text USING c ->> 'a'`),
  unordered('jsonb', `'1'`, 'json; json USING c::json'),
  unordered('json', `'1'`, 'json; jsonb; jsonb USING c::jsonb; text; varchar(10); integer'),
  unordered('text', `'1'`, 'json; json USING c::json; jsonb; jsonb USING c::jsonb; xml; point'),
  unordered('xml', `'<a/>'`, 'xml; text; varchar; varchar(10); char(4); bpchar; json'),
  unordered('point', `'(1,2)'`, 'point; text; box; circle'),
  pairs('tsvector', `'a'`, 'tsvector; text; text USING c::text'),
  pairs('xid8', `'1'`, 'xid8; text; bigint'),
  pairs('pg_lsn', `'0/1'`, 'text; pg_lsn; numeric'),
]
