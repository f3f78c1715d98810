import { Cancelled, type Choice, type Prompts } from './prompts.ts'

/** Prompts at the terminal. The library is loaded at the first question. */
export function terminalPrompts(): Prompts {
  const load = () => import('@clack/prompts')
  return {
    async select<T>(message: string, choices: readonly Choice<T>[]): Promise<T> {
      const { select } = await load()
      // By position, because the library's option type differs between primitive values and objects.
      const options = choices.map(({ label, hint }, value) => ({ value, label, ...(hint !== undefined && { hint }) }))
      const picked = choices[given(await select({ message, options }))]
      if (!picked) throw new Error('the answer is none of the choices')
      return picked.value
    },
    async text(message, initial, problem) {
      const { text } = await load()
      const validate = (value: string | undefined): string | undefined => problem(value ?? '')
      return given(await text({ message, validate, ...(initial !== undefined && { initialValue: initial }) }))
    },
    async confirm(message) {
      const { confirm } = await load()
      return given(await confirm({ message }))
    },
  }
}

/** The library answers Ctrl-C with a symbol. */
function given<T>(answer: T): Exclude<T, symbol> {
  if (typeof answer === 'symbol') throw new Cancelled('cancelled')
  return answer as Exclude<T, symbol>
}
