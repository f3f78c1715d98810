export * from './lock.ts'
export * from './open.ts'
export * from './steps.ts'
export { LEDGER_SCHEMA } from './versions.ts'
