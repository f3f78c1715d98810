import type { Config } from './config/config.ts'

export type { Config } from './config/config.ts'

/** Types the default export of `expand-contract.config.ts`; returns it unchanged. */
export function defineConfig(config: Config): Config {
  return config
}
