import type { Client } from 'pg'
import type { TableFacts } from './facts.ts'

/**
 * keys: windows in the order of the key. blocks: windows of the table's blocks. waves: windows of blocks, each visited several times, a part of each page's
 * rows a visit: the new versions find room on their own page, where the old ones of the visit before were, and no index is written (HOT).
 */
export type WalkName = 'keys' | 'blocks' | 'waves'

/** A place in a walk, as JSON: of keys the values of the last key that is done; of blocks see block-walk.ts. Null: before the first. */
export type Place = readonly (string | number)[] | null

/** A part of the table that one worker at a time goes through. */
export interface Range {
  /** What is done ends here. */
  readonly at: Place
  /** Where the range ends, inclusive for keys. */
  readonly upto: Place
}

/** What one batch looks at. */
export interface Window {
  /** SQL over the columns of the step's table, and its parameters. */
  readonly condition: string
  readonly values: readonly string[]
  /** Where the range stands once the batch is committed. */
  readonly next: Place
  /** The range is done with it. */
  readonly isLast: boolean
  /** Rows or blocks that are looked at for the first time: what progress counts. */
  readonly seen: number
  /** It can not be cut smaller. */
  readonly isSingle: boolean
  /** What tells its one row from others, where the window is single and a later walk would not find the row by itself. */
  readonly row?: readonly string[]
}

/** How big the next window is to be. */
export interface Wish {
  /** Rows, or line pointers. */
  readonly size: number
  /** The window before met an error at this place: it is to be taken smaller. */
  readonly retries: boolean
  /** Visits of each window of blocks. */
  readonly visits: number
}

/** One way through the table of a step. */
export interface Walk {
  readonly name: WalkName
  /** What `seen` counts. */
  readonly unit: 'rows' | 'blocks'
  /** Sizes of windows: the first one, and the largest. */
  readonly first: number
  readonly most: number
  /** The size of a window of about so many rows. */
  sizeOf(rows: number): number
  /** Cuts the table as it is now into at most `parts` ranges: together they hold every row that is there. */
  ranges(client: Client, facts: TableFacts, parts: number): Promise<Range[]>
  /** The window from where the range stands. Reads only. */
  window(client: Client, range: Range, wish: Wish): Promise<Window>
}
