export { examine } from './doctor.ts'
export type { Line } from './line.ts'
