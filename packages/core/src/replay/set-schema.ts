import type { Catalog, TableName } from '../catalog/catalog.ts'
import { rangeKey, splitKey, strings } from '../sql/relation.ts'
import type { Change, Handler } from './change.ts'
import { markUnknown } from './edit.ts'
import { moveExtension } from './extension.ts'
import { moveRoutine } from './move-routine.ts'
import { moved, type Path } from './moved.ts'
import { moveType } from './rename-type.ts'
import { ownedSequences } from './sequence.ts'

/** ALTER … SET SCHEMA. */
export const setSchema: Handler = (catalog, fields, change) => {
  switch (fields.objectType) {
    case 'OBJECT_TABLE':
    case 'OBJECT_VIEW':
    case 'OBJECT_MATVIEW':
    case 'OBJECT_SEQUENCE': {
      const key = rangeKey(fields.relation)
      if (catalog.tables.has(key) || catalog.views.has(key) || catalog.sequences.has(key))
        return moveRelation(catalog, key, fields.newschema, change)
      return fields.missing_ok ? catalog : markUnknown(catalog, key, change)
    }
    case 'OBJECT_TYPE':
    case 'OBJECT_DOMAIN': {
      const path = strings(fields.object?.List?.items)
      return moveType(catalog, path, [fields.newschema, path.at(-1) ?? ''], change)
    }
    case 'OBJECT_EXTENSION':
      return moveExtension(catalog, fields.object?.String?.sval, fields.newschema, change)
    case 'OBJECT_FUNCTION':
    case 'OBJECT_PROCEDURE':
    case 'OBJECT_ROUTINE':
    case 'OBJECT_AGGREGATE':
      return moveRoutine(catalog, fields.object?.ObjectWithArgs, { schema: fields.newschema }, change)
    default:
      return catalog
  }
}

/** A table takes the sequences that its columns own along; indexes and constraints are where it is. */
function moveRelation(catalog: Catalog, key: TableName, schema: string, change: Change): Catalog {
  const keys = [key, ...ownedSequences(catalog, key)]
  return moved(catalog, { relations: new Map(keys.map((k): [TableName, Path] => [k, [schema, splitKey(k)[1]]])) }, change)
}
