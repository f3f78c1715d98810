import { isSerial, parseStatement, typeName } from '@expand-contract/core'
import { describe, expect, it } from 'vitest'

const node = (type: string) => parseStatement(`SELECT NULL::${type}`).SelectStmt.targetList[0].ResTarget.val.TypeCast.typeName
const column = (type: string) => parseStatement(`CREATE TABLE t (c ${type})`).CreateStmt.tableElts[0].ColumnDef.typeName

describe('typeName', () => {
  it.each([
    ['INT', 'integer'],
    ['int8', 'bigint'],
    ['DOUBLE PRECISION', 'double precision'],
    ['float(24)', 'real'],
    ['BOOLEAN', 'boolean'],
    ['VARCHAR(50)', 'character varying(50)'],
    ['varchar', 'character varying'],
    ['CHAR(3)', 'character(3)'],
    ['CHAR', 'character(1)'],
    ['bpchar', 'bpchar'],
    ['"char"', '"char"'],
    ['DECIMAL(65,30)', 'numeric(65,30)'],
    ['numeric(10)', 'numeric(10,0)'],
    ['numeric', 'numeric'],
    ['TIMESTAMP(3)', 'timestamp(3) without time zone'],
    ['timestamptz(6)', 'timestamp(6) with time zone'],
    ['timestamp with time zone', 'timestamp with time zone'],
    ['time', 'time without time zone'],
    ['TIMETZ(2)', 'time(2) with time zone'],
    ['interval', 'interval'],
    ['interval(3)', 'interval(3)'],
    ['interval year to month', 'interval year to month'],
    ['interval day to second(2)', 'interval day to second(2)'],
    ['interval hour', 'interval hour'],
    ['BIT(5)', 'bit(5)'],
    ['VARBIT(5)', 'bit varying(5)'],
    ['jsonb', 'jsonb'],
    ['json', 'json'],
    ['uuid', 'uuid'],
    ['TEXT[]', 'text[]'],
    ['int[][]', 'integer[]'],
    ['numeric(5,1) ARRAY', 'numeric(5,1)[]'],
    ['"Role"', 'public."Role"'],
    ['"public"."Role"[]', 'public."Role"[]'],
    ['role', 'public.role'],
    ['"select"', 'public."select"'],
    ['citext', 'public.citext'],
    ['auth."Level"', 'auth."Level"'],
    ['vector(1536)', 'public.vector(1536)'],
    ['geometry(Point,4326)', 'public.geometry(point,4326)'],
  ])('prints %s as %s', (written, printed) => {
    expect(typeName(node(written))).toBe(printed)
  })

  it('takes a serial for the integer that it is', () => {
    for (const [written, printed] of [
      ['serial', 'integer'],
      ['BIGSERIAL', 'bigint'],
      ['serial2', 'smallint'],
    ] as const) {
      expect(typeName(column(written))).toBe(printed)
      expect(isSerial(column(written))).toBe(true)
    }
    expect(isSerial(column('int'))).toBe(false)
    expect(isSerial(column('"my"."serial"'))).toBe(false)
  })
})
