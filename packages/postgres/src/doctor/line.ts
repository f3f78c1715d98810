/** What was looked at, and what was found. */
export interface Line {
  /** `long transactions` */
  readonly about: string
  /** In words: what is there. */
  readonly says: string
  /** Set where it should be mended before a deploy: why, and how. */
  readonly finding?: string
}
