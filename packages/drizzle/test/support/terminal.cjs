// Drizzle Kit 0.3x asks whether a column is renamed only where it believes to talk to a terminal; the answers come through a pipe here.
for (const stream of [process.stdin, process.stdout]) Object.defineProperty(stream, 'isTTY', { get: () => true })
process.stdin.setRawMode = () => process.stdin
