/** Plain data as text for `--format json`: two spaces, keys in the order in which they are written down. */
export function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`
}
