import { describe, expect, it } from 'vitest'
import { stepName } from '../src/names.ts'

const names = (id: string): string[] => [0, 1, 2].map((i) => stepName(id, i, `0${i + 1}-add-x`))

describe('names of steps go on in the style of the folder', () => {
  it.each([
    ['0007_brave_hulk', ['0007_brave_hulk_01_add_x', '0008_brave_hulk_02_add_x', '0009_brave_hulk_03_add_x']],
    ['9999_x', ['9999_x_01_add_x', '10000_x_02_add_x', '10001_x_03_add_x']],
    ['20261231235959_a', ['20261231235959_a_01_add_x', '20270101000000_a_02_add_x', '20270101000001_a_03_add_x']],
    ['1748524786_milky', ['1748524786_milky_01_add_x', '1748524787_milky_02_add_x', '1748524788_milky_03_add_x']],
    ['_none', ['_none_01_add_x', '_none_02_add_x', '_none_03_add_x']],
    ['add_users', ['add_users_01_add_x', 'add_users_02_add_x', 'add_users_03_add_x']],
    // Fourteen digits that are no time are counted.
    ['20269999000000_a', ['20269999000000_a_01_add_x', '20269999000001_a_02_add_x', '20269999000002_a_03_add_x']],
  ])('%s', (id, expected) => {
    expect(names(id)).toEqual(expected)
  })
})
