/** One answer among several. */
export interface Choice<T> {
  readonly value: T
  readonly label: string
  readonly hint?: string
}

/** Questions to a person. Each throws {@link Cancelled} at Ctrl-C. */
export interface Prompts {
  select<T>(message: string, choices: readonly Choice<T>[]): Promise<T>
  /** `problem` gives the reason why a text will not do, or undefined. */
  text(message: string, initial: string | undefined, problem: (value: string) => string | undefined): Promise<string>
  confirm(message: string): Promise<boolean>
}

/** A person pressed Ctrl-C: nothing was written. */
export class Cancelled extends Error {
  override readonly name = 'Cancelled'
}
