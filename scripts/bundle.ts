import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'

// Hundreds of small modules cost more time to load than a check of a few migrations takes: each package ships as one file, and one more for what is loaded later.
// Dependencies stay outside, so that every package keeps its own.
const dist = join(process.cwd(), 'dist')
const entries = ['src/index.ts', 'src/bin.ts', 'src/keeper.js', 'src/drizzle/node-postgres.ts', 'src/drizzle/postgres-js.ts'].filter(
  (file) => existsSync(join(process.cwd(), file)),
)

for (const name of existsSync(dist) ? readdirSync(dist) : []) if (/\.js(\.map)?$/.test(name)) rmSync(join(dist, name))
await build({
  entryPoints: entries,
  bundle: true,
  packages: 'external',
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  sourcemap: true,
  outdir: dist,
  logLevel: 'warning',
})
