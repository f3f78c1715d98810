#!/usr/bin/env node
import module from 'node:module'
import { setFlagsFromString } from 'node:v8'
import { processIo } from './io.ts'
import { main } from './main.ts'

// PostgreSQL's grammar is one huge WebAssembly function: optimizing it takes half a second that no run wins back, and Node waits for it at the end.
// From V8 12 on the first flag no longer implies the other two when it is set this late.
for (const flag of ['--liftoff-only', '--no-wasm-tier-up', '--no-wasm-dynamic-tiering']) setFlagsFromString(flag)
// Most code runs a few hundred times and is done: optimizing it as early as V8 does by itself costs a quarter of a check of 1,000 files, and late enough costs nothing.
setFlagsFromString('--interrupt-budget=1000000')
// Node keeps compiled code from 22.8 on.
;(module as { enableCompileCache?: () => void }).enableCompileCache?.()

// A reader that has seen enough (`| head`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
})

process.exitCode = await main(process.argv.slice(2), processIo())
