import { rangeKey, splitKey, strings, tableKey } from '../relation.ts'
import type { Handler } from './change.ts'
import type { Catalog, TableName } from '../catalog/catalog.ts'
import { markEverything, markUnknown, rekeyed } from './edit.ts'
import { rekeyTable, rekeyView } from './rekey.ts'
import { moveSequence, ownedSequences } from './sequence.ts'
import { moveType } from './rename-type.ts'

/** ALTER … SET SCHEMA. */
export const setSchema: Handler = (catalog, fields, change) => {
  switch (fields.objectType) {
    case 'OBJECT_TABLE':
    case 'OBJECT_VIEW':
    case 'OBJECT_MATVIEW': {
      const key = rangeKey(fields.relation)
      const [, name] = splitKey(key)
      const to = tableKey(name, fields.newschema)
      if (catalog.tables.has(key)) return moveTable(catalog, key, fields.newschema, name)
      if (catalog.views.has(key)) return rekeyView(catalog, key, to)
      return fields.missing_ok ? catalog : markUnknown(catalog, key, change)
    }
    case 'OBJECT_TYPE':
    case 'OBJECT_DOMAIN': {
      const path = strings(fields.object?.List?.items)
      return moveType(catalog, path, [fields.newschema, path.at(-1) ?? ''], change)
    }
    case 'OBJECT_SEQUENCE': {
      const key = rangeKey(fields.relation)
      return catalog.sequences.has(key) ? moveSequence(catalog, key, fields.newschema, splitKey(key)[1]) : catalog
    }
    case 'OBJECT_EXTENSION':
      return markEverything(catalog, change, 'moving an extension to another schema is not followed')
    case 'OBJECT_FUNCTION':
    case 'OBJECT_PROCEDURE':
    case 'OBJECT_ROUTINE': {
      const path = strings(fields.object?.ObjectWithArgs?.objname)
      const [from, to] = [tableKey(path.at(-1) ?? '', path.at(-2)), tableKey(path.at(-1) ?? '', fields.newschema)]
      return {
        ...catalog,
        functions: rekeyed(catalog.functions, from, to),
        ...(catalog.routines && { routines: rekeyed(catalog.routines, from, to) }),
      }
    }
    default:
      return catalog
  }
}

/** A table takes the sequences that its columns own along. */
function moveTable(catalog: Catalog, key: TableName, schema: string, name: string): Catalog {
  const owned = ownedSequences(catalog, key)
  return owned.reduce(
    (current, sequence) => moveSequence(current, sequence, schema, splitKey(sequence)[1]),
    rekeyTable(catalog, key, schema, name),
  )
}
