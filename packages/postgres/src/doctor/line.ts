/** What was looked at, and what was found. */
export interface Line {
  /** What to look at before a deploy, what it will do, and what is left to do when it is through. */
  readonly when: 'before' | 'during' | 'after'
  /** `long transactions` */
  readonly about: string
  /** In words: what is there. */
  readonly says: string
  /** Set where it should be mended before a deploy: why, and how. */
  readonly finding?: string
}

/** A line that does not say when: its place does. */
export type Found = Omit<Line, 'when'>
