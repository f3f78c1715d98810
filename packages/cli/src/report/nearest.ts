/** Up to three of `names` that are nearest to `name` by edits or hold it, best first. */
export function nearest(name: string, names: readonly string[]): string[] {
  const wanted = name.toLowerCase()
  return names
    .map((candidate) => ({ candidate, distance: distanceTo(wanted, candidate.toLowerCase()) }))
    .filter(({ distance }) => distance <= Math.max(2, wanted.length / 2))
    .sort((a, b) => a.distance - b.distance || (a.candidate < b.candidate ? -1 : 1))
    .slice(0, 3)
    .map(({ candidate }) => candidate)
}

/** ` Did you mean "a" or "b"?`, or nothing. */
export function didYouMean(name: string, names: readonly string[]): string {
  const near = nearest(name, names).map((n) => `"${n}"`)
  return near.length > 0 ? ` Did you mean ${near.join(' or ')}?` : ''
}

function distanceTo(wanted: string, candidate: string): number {
  return wanted.length > 2 && candidate.includes(wanted) ? 1 : edits(wanted, candidate)
}

/** Levenshtein's distance: insertions, deletions and replacements of one character. */
function edits(a: string, b: string): number {
  let above = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (const [i, char] of [...a].entries()) {
    const row = [i + 1]
    for (const [j, other] of [...b].entries()) {
      row.push(Math.min((above[j + 1] ?? 0) + 1, (row[j] ?? 0) + 1, (above[j] ?? 0) + (char === other ? 0 : 1)))
    }
    above = row
  }
  return above.at(-1) ?? 0
}
