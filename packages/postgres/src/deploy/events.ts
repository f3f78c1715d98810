import type { Step } from '@expand-contract/core'
import type { Holder } from '../ledger/index.ts'

/** A session that keeps a step waiting. */
export interface Blocker {
  readonly pid: number
  readonly application: string
  readonly user: string
  /** `active`, `idle in transaction`, … */
  readonly state: string
  /** How long its transaction has been open, in seconds. */
  readonly seconds: number
  /** What it runs, or ran last: one line, cut. */
  readonly query: string
}

/** What happens while a deploy runs, for whoever watches. */
export type DeployEvent =
  /** Another deploy is at work. */
  | { readonly kind: 'waits'; readonly holder: Holder | undefined }
  | { readonly kind: 'begins'; readonly migration: string; readonly step: Step | undefined; readonly number: number; readonly of: number }
  /** A try got no lock; the next one comes after `pause` ms. */
  | { readonly kind: 'blocked'; readonly tries: number; readonly pause: number; readonly blockers: readonly Blocker[] }
  /** `part` from 0 to 1 where it is known. */
  | { readonly kind: 'progress'; readonly what: string; readonly part: number | undefined; readonly blockers: readonly Blocker[] }
  /** What a step takes away is set aside, in the ledger's schema or by a restore point; `rows` where they were copied. */
  | { readonly kind: 'kept'; readonly what: string; readonly where: string; readonly rows: number | undefined }
  /** What a killed try left is removed first. */
  | { readonly kind: 'leftover'; readonly what: string }
  /** `ms`: how long it took. `again`: it had been done before, and was only recorded. */
  | { readonly kind: 'applied'; readonly migration: string; readonly ms: number; readonly tries: number; readonly again: boolean }

export type OnEvent = (event: DeployEvent) => void
