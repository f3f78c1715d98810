// Starts a server, prints its data directory and lives until its standard input closes; it never stops the server itself.
import { startServer } from '../src/index.ts'

const server = await startServer()
const client = await server.connect('postgres')
const { rows } = await client.query<{ dir: string }>(`SELECT current_setting('data_directory') AS dir`)
await client.end()
console.log(rows[0]?.dir)
process.stdin.resume()
