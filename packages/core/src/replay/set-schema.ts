import { rangeKey, splitKey, strings, tableKey } from '../relation.ts'
import type { Handler } from './change.ts'
import { markEverything, markUnknown } from './edit.ts'
import { rekeyTable } from './rekey.ts'
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
      if (catalog.tables.has(key)) return rekeyTable(catalog, key, fields.newschema, name)
      if (catalog.views.has(key)) return { ...catalog, views: new Map([...catalog.views].map(([k, v]) => [k === key ? to : k, v])) }
      return fields.missing_ok ? catalog : markUnknown(catalog, key, change)
    }
    case 'OBJECT_TYPE':
    case 'OBJECT_DOMAIN': {
      const path = strings(fields.object?.List?.items)
      return moveType(catalog, path, [fields.newschema, path.at(-1) ?? ''], change)
    }
    case 'OBJECT_SEQUENCE':
    case 'OBJECT_EXTENSION':
      return markEverything(catalog, change, 'moving a sequence or an extension to another schema is not followed')
    default:
      return catalog
  }
}
