import type { HazardKind } from '../hazard.ts'

const UNTIL = 'Not rewritten yet:'

/** Hazards that are found but that no strategy rewrites yet: they are refused, with what to do by hand. */
export const KINDS = {
  storedGenerated: {
    code: 'add-generated-column-rewrites-table',
    harm: 'rewrite',
    lock: 'ACCESS EXCLUSIVE',
    why: 'a stored generated column is computed for every row at once: the whole table is copied under ACCESS EXCLUSIVE, several seconds for each million rows.',
    instead:
      'PostgreSQL can not make a plain column a stored generated one without writing it anew. From version 18 on a VIRTUAL one costs nothing; else add a plain column that a trigger keeps, and fill it in batches.',
  },
  inlineConstraint: {
    code: 'add-column-with-constraint-scans',
    harm: 'lock',
    lock: 'ACCESS EXCLUSIVE',
    why: 'a CHECK, UNIQUE or PRIMARY KEY in ADD COLUMN is checked or built at once, under ACCESS EXCLUSIVE.',
    instead: `${UNTIL} add the bare column, then the constraint: CHECK as NOT VALID and VALIDATE, UNIQUE from an index built concurrently.`,
  },
  addExclude: {
    code: 'add-exclude-builds-index',
    harm: 'lock',
    lock: 'ACCESS EXCLUSIVE',
    why: 'an exclusion constraint builds its index under ACCESS EXCLUSIVE, and PostgreSQL has no online form of it.',
    instead: 'Build a new table with the constraint and move over, or take a maintenance window.',
  },
  validateAtOnce: {
    code: 'validate-with-not-valid',
    harm: 'lock',
    lock: 'ACCESS EXCLUSIVE',
    why: 'NOT VALID and VALIDATE in one transaction: the lock of the first is held through the scan of the second.',
    instead: `${UNTIL} put VALIDATE CONSTRAINT into a migration of its own.`,
  },
  renameRelation: {
    code: 'rename-view-breaks-old-code',
    harm: 'compatibility',
    lock: 'ACCESS EXCLUSIVE',
    why: 'code that is still running uses the old name: each of its queries fails (42P01).',
    instead: `${UNTIL} keep the name in the database and map it (@@map, pgTable('old_name')), or rename and create a view under the old name in one transaction.`,
  },
  dropSchema: {
    code: 'drop-schema-breaks-old-code',
    harm: 'compatibility',
    lock: 'ACCESS EXCLUSIVE',
    why: 'code that is still running uses it, and its data is gone.',
    instead: `${UNTIL} drop it in a migration of its own when no code uses it any more, after a backup.`,
  },
  enumChange: {
    code: 'change-enum-breaks-old-code',
    harm: 'compatibility',
    why: 'a type or a value of it is renamed or dropped: code that is still running casts to the old name, and a rebuilt enum rewrites every table that uses it.',
    instead: `${UNTIL} add the new value, move the rows in batches, and remove the old value when no code uses it.`,
  },
  dataChange: {
    code: 'data-change-in-migration',
    harm: 'lock',
    lock: 'ROW EXCLUSIVE',
    why: 'UPDATE and DELETE keep every row they touch locked until the migration ends, and the migration as long as they run.',
    instead: 'Move it out of the migration into a job that works in batches.',
  },
  partition: {
    code: 'partition-change-locks-parent',
    harm: 'lock',
    lock: 'ACCESS EXCLUSIVE',
    why: 'adding, attaching or detaching a partition locks the parent, and attaching scans the partition.',
    instead: `${UNTIL} create the table alone, add a CHECK that matches the bounds NOT VALID and validate it, then ATTACH; DETACH … CONCURRENTLY.`,
  },
  rewriteTable: {
    code: 'rewrites-table',
    harm: 'rewrite',
    lock: 'ACCESS EXCLUSIVE',
    why: 'the whole table is copied, sorted or emptied under ACCESS EXCLUSIVE.',
    instead: 'Use an online tool (pg_repack, REINDEX CONCURRENTLY, REFRESH … CONCURRENTLY), outside the migrations.',
  },
  notUnderstood: {
    code: 'not-understood',
    harm: 'lock',
    why: 'what this statement does to a live database is not known here.',
    instead: 'Put it into a migration of its own and judge it by hand.',
  },
} satisfies Record<string, HazardKind>
