/** Milliseconds that the answer may take. */
const PATIENCE = 2_000

/** Why a backfill is to wait by what a user's URL answers: anything but 2xx, or nothing. It may hold a secret, so it is never repeated. */
export async function askUrl(url: string): Promise<string | undefined> {
  try {
    const { ok, status, body } = await fetch(url, { signal: AbortSignal.timeout(PATIENCE), redirect: 'follow' })
    await body?.cancel()
    return ok ? undefined : `the probe's URL answers ${status}`
  } catch (error) {
    const why = (error as Error).name === 'TimeoutError' ? `gives no answer in ${PATIENCE / 1000} s` : 'can not be reached'
    return `the probe's URL ${why}`
  }
}
