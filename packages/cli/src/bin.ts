#!/usr/bin/env node
import { setFlagsFromString } from 'node:v8'
import { processIo } from './io.ts'
import { main } from './main.ts'

// PostgreSQL's grammar is one huge WebAssembly function: optimizing it takes half a second that no run wins back, and Node waits for it at the end.
setFlagsFromString('--liftoff-only')

// A reader that has seen enough (`| head`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
})

process.exitCode = await main(process.argv.slice(2), processIo())
