import { laterPrefix, splitPrefix } from '@expand-contract/core'

/**
 * The name of the step at `position` (from 0) of the steps that replace migration `id`: `0007_brave_hulk` gives `0007_brave_hulk_01_add_column`,
 * `0008_brave_hulk_02_backfill`, … The prefix goes on in the style that the folder has: an index, seconds since 1970, a UTC time to the second; a name without
 * such a prefix keeps it and is told apart by what follows.
 */
export function stepName(id: string, position: number, step: string): string {
  const { prefix, rest } = splitPrefix(id)
  return `${laterPrefix(prefix, position)}${rest}_${step.replaceAll('-', '_')}`
}

/** The name of a migration that comes `by` migrations after `last` and belongs to the plan `id`. */
export function nextName(last: string, by: number, id: string, slug: string): string {
  return `${laterPrefix(splitPrefix(last).prefix, by)}${splitPrefix(id).rest}_${slug.replaceAll('-', '_')}`
}
