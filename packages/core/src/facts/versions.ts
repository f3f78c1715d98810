/** Versions that the generated lists know. */
export const OLDEST = 14
export const NEWEST = 18

/**
 * The words of a generated list that hold on one PostgreSQL. A word that does not hold on all versions says where it does: `uuidv7@18` since 18,
 * `name@-15` until 15, `name@16-17` from 16 to 17. A newer server than the newest known counts as that one, an older one as the oldest.
 */
export function wordsOn(list: string, separator: string | RegExp, postgres: number): string[] {
  const version = Math.min(Math.max(postgres, OLDEST), NEWEST)
  return list
    .split(separator)
    .filter(Boolean)
    .flatMap((word) => {
      const at = word.lastIndexOf('@')
      if (at < 0) return [word]
      const [since = '', until = since ? NEWEST : ''] = word.slice(at + 1).split('-')
      return version >= Number(since || OLDEST) && version <= Number(until) ? [word.slice(0, at)] : []
    })
}
