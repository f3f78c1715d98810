import type { Io } from '../src/io.ts'
import { main } from '../src/main.ts'
import { Cancelled, type Choice, type Prompts } from '../src/prompt/prompts.ts'

/** What a command printed and how it ended. */
export interface Ran {
  readonly code: number
  readonly out: string
  readonly err: string
}

/** Runs a command in this process, as in a pipe: no colours, nobody to ask unless `prompts` is given. */
export async function run(cwd: string, args: readonly string[], options: { prompts?: Prompts; env?: Io['env'] } = {}): Promise<Ran> {
  let out = ''
  let err = ''
  const io: Io = {
    cwd,
    env: options.env ?? {},
    out: (text) => {
      out += text
    },
    err: (text) => {
      err += text
    },
    colors: false,
    width: 100,
    prompts: options.prompts,
    progress: undefined,
  }
  const code = await main(args, io)
  return { code, out, err }
}

/** A person with prepared answers: for a choice the start of its label, for a text the text, for a confirmation yes or no; `cancel` is Ctrl-C. */
export function person(...answers: readonly (string | boolean)[]): Prompts & { readonly asked: string[] } {
  const left = [...answers]
  const asked: string[] = []
  const next = (message: string): string | boolean => {
    asked.push(message)
    const answer = left.shift()
    if (answer === undefined) throw new Error(`nobody answers: ${message}`)
    if (answer === 'cancel') throw new Cancelled('cancelled')
    return answer
  }
  return {
    asked,
    async select<T>(message: string, choices: readonly Choice<T>[]): Promise<T> {
      const answer = next(message)
      const chosen = choices.find((c) => c.label === answer)
      if (!chosen) throw new Error(`${answer} is none of ${choices.map((c) => c.label).join(', ')}`)
      return chosen.value
    },
    async text(message, initial, problem) {
      const answer = next(message)
      const value = answer === true ? (initial ?? '') : String(answer)
      const why = problem(value)
      if (why) throw new Error(why)
      return value
    },
    confirm: async (message) => next(message) === true,
  }
}
