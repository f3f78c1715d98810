/** Versions that the generated lists know. */
export const OLDEST = 14
export const NEWEST = 18

/**
 * The words of a generated list that hold on one PostgreSQL. A word that does not hold on all versions says where it does: `uuidv7@18` since 18,
 * `name@-15` until 15, `name@16-17` from 16 to 17. A newer server than the newest known counts as that one, an older one as the oldest.
 */
export function wordsOn(list: string, separator: string | RegExp, postgres: number): string[] {
  return list
    .split(separator)
    .filter(Boolean)
    .flatMap((word) => {
      const at = word.lastIndexOf('@')
      if (at < 0) return [word]
      return holds(word.slice(at + 1), postgres) ? [word.slice(0, at)] : []
    })
}

/** True where a list that is separated by spaces holds a word on one PostgreSQL, found without taking the list apart: it is long, and few words are asked for. */
export function hasWord(list: string, word: string, postgres: number): boolean {
  if (!/^\w+$/.test(word)) return false
  for (let at = list.indexOf(word); at >= 0; at = list.indexOf(word, at + 1)) {
    if (!isGap(list[at - 1])) continue
    const end = at + word.length
    if (isGap(list[end])) return true
    if (list[end] === '@' && holds(/^[\d-]+/.exec(list.slice(end + 1, end + 6))?.[0] ?? '', postgres)) return true
  }
  return false
}

function isGap(character: string | undefined): boolean {
  return character === undefined || character === ' ' || character === '\n'
}

function holds(versions: string, postgres: number): boolean {
  const version = Math.min(Math.max(postgres, OLDEST), NEWEST)
  const [since = '', until = since ? NEWEST : ''] = versions.split('-')
  return version >= Number(since || OLDEST) && version <= Number(until)
}
