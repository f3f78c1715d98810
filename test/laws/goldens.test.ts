import { describe, expect, it } from 'vitest'
import { goldens, renderGolden } from '../support/golden.ts'

const all = goldens()

describe('goldens', () => {
  it('are there for every strategy', () => {
    expect(all.length).toBeGreaterThan(20)
  })

  it.each(all.map((g) => [g.name, g] as const))('%s says what the planner says', (_, golden) => {
    expect(golden.text).toBe(renderGolden(golden))
  })
})
