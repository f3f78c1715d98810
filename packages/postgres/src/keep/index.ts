export { type KeptSize, listKept, removeKept } from './clean.ts'
export { KEEPS, type Keep, type KeptRow, readKept } from './kept.ts'
export { type Restored, restoreKept } from './restore.ts'
