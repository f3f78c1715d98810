import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalJson } from '../src/canonical.ts'

describe('canonicalJson', () => {
  it('sorts keys, indents by two spaces and ends with a newline', () => {
    expect(canonicalJson({ b: [1, { d: null, c: 'x' }], a: undefined, A: true })).toBe(
      '{\n  "A": true,\n  "b": [\n    1,\n    {\n      "c": "x",\n      "d": null\n    }\n  ]\n}\n',
    )
  })

  it('gives the same bytes whatever the order of the keys, and loses nothing', () => {
    const shuffled = (value: unknown): unknown =>
      Array.isArray(value)
        ? value.map(shuffled)
        : typeof value === 'object' && value !== null
          ? Object.fromEntries(
              Object.entries(value)
                .reverse()
                .map(([k, v]) => [k, shuffled(v)]),
            )
          : value
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = canonicalJson(value)
        expect(canonicalJson(shuffled(value))).toBe(text)
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)))
      }),
    )
  })

  it.each([
    [{ a: [Number.NaN] }, '$.a[0]'],
    [{ m: new Map() }, '$.m'],
    [[undefined], '$[0]'],
    [{ f: () => 1 }, '$.f'],
    [new Date(0), '$'],
  ])('refuses what JSON would lose: %j', (value, place) => {
    expect(() => canonicalJson(value)).toThrow(place)
  })
})
