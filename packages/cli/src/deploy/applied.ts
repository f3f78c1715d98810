import type { Io } from '../io.ts'
import type { Project } from '../project/project.ts'
import { liveUrl, schemaIn } from './url.ts'

/** Names of a project's migrations that a database has, after the ORM's own table there. `flag`: a URL, or true for the usual one. Reads only. */
export async function appliedIn(project: Project, flag: string | true, io: Io): Promise<ReadonlySet<string>> {
  const { adapter, history, layout } = project
  const url = liveUrl(flag === true ? undefined : flag, layout.urlVariables ?? [], io)
  const records = await adapter.records(history, schemaIn(url))
  const { peekOwnTable, withTwo } = await import('@expand-contract/postgres')
  const rows = await withTwo(url, (client) => peekOwnTable(client, records))
  return new Set((await adapter.applied(history, rows)).applied)
}
