// Writes the migrations of examples/drizzle-rename anew, as the real Drizzle Kit 0.31 makes them from its schema:
//   npx tsx --conditions=expand-contract-source scripts/examples-drizzle.ts
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { makeProject } from '../packages/drizzle/test/support/project.ts'

const example = fileURLToPath(new URL('../examples/drizzle-rename', import.meta.url))
const schema = await readFile(path.join(example, 'src/schema.ts'), 'utf8')
const before = schema.replace("fullName: text('full_name')", "name: text('name')")
if (before === schema) throw new Error('src/schema.ts has no renamed column any more')

/** What the kit makes up anew each time, pinned so that a second run writes the same bytes. */
const TIMES = [Date.UTC(2026, 0, 5, 10, 15), Date.UTC(2026, 1, 12, 9, 30)]
const IDS = ['0f6a3c52-9d0e-4c5b-8a37-5f2c1e7d4b10', '3b9e7d14-62af-4f0d-9c81-a4d5e6f70812']

const project = await makeProject(0)
try {
  await project.write('drizzle.config.ts', await readFile(path.join(example, 'drizzle.config.ts'), 'utf8'))
  for (const [name, text] of [
    ['init', before],
    ['rename_name', schema],
  ] as const) {
    await project.write('src/schema.ts', text)
    const { code, output } = await project.kit(['generate', '--name', name], ['full_name'])
    if (code !== 0 || !output.includes('Your SQL migration')) throw new Error(output)
  }
  const made = await project.files('drizzle')
  const snapshots = await Promise.all(made.filter((f) => f.endsWith('_snapshot.json')).map((f) => project.read(`drizzle/${f}`)))
  const ids = snapshots.map((s) => (JSON.parse(s) as { id: string }).id)
  const journal = JSON.parse(await project.read('drizzle/meta/_journal.json')) as { entries: { when: number }[] }
  const madeUp = [...ids, ...journal.entries.map((e) => String(e.when))]
  const pinned = [...IDS, ...TIMES.map(String)]
  await rm(path.join(example, 'drizzle'), { recursive: true, force: true })
  for (const file of made) {
    const text = await project.read(`drizzle/${file}`)
    const at = path.join(example, 'drizzle', file)
    await mkdir(path.dirname(at), { recursive: true })
    await writeFile(
      at,
      madeUp.reduce((all, found, i) => all.replaceAll(found, pinned[i] ?? found), text),
    )
    process.stdout.write(`${path.relative(process.cwd(), at)}\n`)
  }
} finally {
  await project.remove()
}
