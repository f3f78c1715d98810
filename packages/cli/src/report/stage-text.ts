import { type Style, wrap } from './style.ts'

/** What the ORM's schema can't say of the database, so that the ORM will offer to change it. */
export function unsaidText(unsaid: readonly string[], { paint, width }: Style): string {
  return unsaid.map((sentence) => `${wrap(`${paint.yellow('Note')}  ${sentence}`, width)}\n\n`).join('')
}
