import { expect, it } from 'vitest'
import { withProgress } from '../src/progress.ts'

/** Stands for a terminal's stderr. */
function terminal(): { written: string; columns: number; write(text: string): boolean } {
  return {
    written: '',
    columns: 20,
    write(text) {
      this.written += text
      return true
    },
  }
}

it('draws nothing for work that is short', async () => {
  const progress = terminal()
  expect(await withProgress({ progress: progress as unknown as NodeJS.WriteStream }, async () => 1)).toBe(1)
  expect(progress.written).toBe('')
})

it('draws the latest words in one line, also while work never waits, and wipes them', async () => {
  const progress = terminal()
  const work = withProgress({ progress: progress as unknown as NodeJS.WriteStream }, async (say) => {
    for (const end = performance.now() + 1_100; performance.now() < end; ) await say('planning a very long name')
    throw new Error('failed')
  })
  await expect(work).rejects.toThrow('failed')
  expect(progress.written).toContain('planning a very')
  expect(progress.written.endsWith('\r\u001b[K')).toBe(true)
  for (const line of progress.written.split('\u001b[K')) expect(line.replace('\r', '').length).toBeLessThan(20)
})
