import { describe, expect, it } from 'vitest'
import { type Warning, warnings } from '../src/index.ts'

const header = (...bullets: string[]): string =>
  `/*\n  Warnings:\n\n${bullets.map((b) => `  - ${b}\n`).join('')}\n*/\n-- AlterTable\nSELECT 1;\n`

const CASES: [string, Warning][] = [
  [
    'You are about to drop the column `a b` on the `User` table. All the data in the column will be lost.',
    { type: 'drop-column', table: 'User', column: 'a b' },
  ],
  [
    'You are about to drop the column `x` on the `User` table, which still contains 3 non-null values.',
    { type: 'drop-column', table: 'User', column: 'x' },
  ],
  [
    'You are about to drop the `Post` table. If the table is not empty, all the data it contains will be lost.',
    { type: 'drop-table', table: 'Post' },
  ],
  [
    'The `age` column on the `User` table would be dropped and recreated. This will lead to data loss if there is data in the column.',
    { type: 'recreate-column', table: 'User', column: 'age', required: false },
  ],
  [
    'Changed the type of `id` on the `User` table. No cast exists, the column would be dropped and recreated, which cannot be done if there is data, since the column is required.',
    { type: 'recreate-column', table: 'User', column: 'id', required: true },
  ],
  [
    'You are about to alter the column `n` on the `T` table. The data in that column could be lost. The data in that column will be cast from `BigInt` to `Integer`.',
    { type: 'cast-column', table: 'T', column: 'n', from: 'BigInt', to: 'Integer', mayFail: false },
  ],
  [
    'You are about to alter the column `n` on the `T` table. The data in that column will be cast from `Text` to `VarChar(50)`. This cast may fail. Please make sure the data in the column can be cast.',
    { type: 'cast-column', table: 'T', column: 'n', from: 'Text', to: 'VarChar(50)', mayFail: true },
  ],
  [
    'Added the required column `c` to the `T` table without a default value. This is not possible if the table is not empty.',
    { type: 'add-required-column', table: 'T', column: 'c', prismaDefault: false },
  ],
  [
    'The required column `uid` was added to the `T` table with a prisma-level default value. This is not possible if the table is not empty. Please add this column as optional, then populate it before making it required.',
    { type: 'add-required-column', table: 'T', column: 'uid', prismaDefault: true },
  ],
  [
    'Made the column `c` on table `T` required. This step will fail if there are existing NULL values in that column.',
    { type: 'make-required', table: 'T', column: 'c' },
  ],
  [
    'Changed the column `c` on the `T` table from a scalar field to a list field. If there are non-null values in that column, this step will fail.',
    { type: 'scalar-to-list', table: 'T', column: 'c' },
  ],
  [
    'The primary key for the `T` table will be changed. If it partially fails, the table could be left without primary key constraint.',
    { type: 'change-primary-key', table: 'T' },
  ],
  [
    'A unique constraint covering the columns `[a,b]` on the table `T` will be added. If there are existing duplicate values, this will fail.',
    { type: 'add-unique', table: 'T', columns: ['a', 'b'] },
  ],
  [
    'The values [A,B] on the enum `E` will be removed. If these variants are still used in the database, this will fail.',
    { type: 'remove-enum-values', enum: 'E', values: ['A', 'B'] },
  ],
]

describe('warnings', () => {
  it.each(CASES)('%s', (bullet, expected) => {
    expect(warnings(header(bullet))).toEqual([expected])
  })

  it('keeps their order, with CRLF line ends too', () => {
    const text = header(...CASES.map(([bullet]) => bullet))
    expect(warnings(text)).toEqual(CASES.map(([, expected]) => expected))
    expect(warnings(text.replaceAll('\n', '\r\n'))).toEqual(CASES.map(([, expected]) => expected))
  })

  it('keeps a bullet that it does not know, over several lines', () => {
    expect(warnings(header('We rename `a`\n    by hand.'))).toEqual([{ type: 'other', text: 'We rename `a` by hand.' }])
  })

  it('finds none without the header', () => {
    expect(warnings('-- AlterTable\nSELECT 1; /* You are about to drop the `Post` table. */')).toEqual([])
    expect(warnings('')).toEqual([])
  })
})
