/** Exit codes of every command. */
export const EXIT = {
  /** Nothing to say. */
  ok: 0,
  /** The command worked and found something: a hazard, a refusal, a broken law, a question that nobody answered. */
  findings: 1,
  /** A mistake or a limit that the user can mend. */
  mistake: 2,
  /** A bug of ours. */
  bug: 3,
  /** A person pressed Ctrl-C at a question. */
  cancelled: 130,
} as const
