import { hazards, UserError } from '@expand-contract/core'
import { EXIT } from '../exit.ts'
import type { Io } from '../io.ts'
import { explainText, hazardListText } from '../report/explain-text.ts'
import { json } from '../report/json.ts'
import { didYouMean } from '../report/nearest.ts'
import { style } from '../report/style.ts'

/** `npx expand-contract explain [hazard]` */
export async function explain(code: string | undefined, flags: { readonly format: 'text' | 'json' }, io: Io): Promise<number> {
  const look = style(io.colors, io.width)
  if (code === undefined) {
    io.out(flags.format === 'json' ? json([...hazards.values()]) : `${hazardListText(hazards.values(), look)}\n`)
    return EXIT.ok
  }
  const hazard = hazards.get(code)
  if (!hazard) {
    throw new UserError(`There is no hazard "${code}".${didYouMean(code, [...hazards.keys()])} All of them: npx expand-contract explain`)
  }
  io.out(flags.format === 'json' ? json(hazard) : `${explainText(hazard, look)}\n`)
  return EXIT.ok
}
