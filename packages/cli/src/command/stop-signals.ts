/** The signals by which a long command is told to end or to pause. */
export interface StopSignals {
  /** Aborted by SIGINT and SIGTERM: what runs is finished first. The same signal again ends the process at once. */
  readonly stop: AbortSignal
  /** SIGUSR2 pauses and resumes. */
  isPaused(): boolean
  close(): void
}

export function stopSignals(): StopSignals {
  const controller = new AbortController()
  let paused = false
  const stop = (): void => {
    controller.abort()
    process.off('SIGINT', stop).off('SIGTERM', stop)
  }
  const toggle = (): void => {
    paused = !paused
  }
  process.on('SIGINT', stop).on('SIGTERM', stop)
  // Windows has no such signal.
  if (process.platform !== 'win32') process.on('SIGUSR2', toggle)
  return {
    stop: controller.signal,
    isPaused: () => paused,
    close: () => void process.off('SIGINT', stop).off('SIGTERM', stop).off('SIGUSR2', toggle),
  }
}
