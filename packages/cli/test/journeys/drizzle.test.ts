import { cpSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { run } from '../captured-io.ts'
import { contentOf, folderWith } from '../temp-folder.ts'

const EXAMPLE = fileURLToPath(new URL('../../../../examples/drizzle-rename', import.meta.url))

it('rewrites a Drizzle project once, and tells that its migrator will not run the steps', async () => {
  const folder = folderWith({})
  const isOwn = (file: string): boolean => !file.endsWith('node_modules')
  for (const name of ['drizzle.config.ts', 'drizzle', 'src'])
    cpSync(`${EXAMPLE}/${name}`, `${folder}/${name}`, { recursive: true, filter: isOwn })
  expect(await run(folder, ['check'])).toMatchObject({ code: 1, out: expect.stringContaining('rename-column-breaks-old-code') })

  const { code, out, err } = await run(folder, ['rewrite'])
  expect({ code, err }).toEqual({ code: 0, err: '' })
  expect(out).toMatch(/run the files in their\s+order/)
  const after = contentOf(folder)
  expect(Object.keys(after).filter((name) => name.endsWith('/plan.json'))).toHaveLength(1)

  expect(await run(folder, ['check'])).toMatchObject({ code: 0 })
  expect(await run(folder, ['rewrite'])).toMatchObject({ code: 0, out: expect.stringMatching(/^Nothing to rewrite: /) })
  expect(contentOf(folder)).toEqual(after)
})
