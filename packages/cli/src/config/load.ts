import { existsSync } from 'node:fs'
import path from 'node:path'
import { UserError } from '@expand-contract/core'
import type { Config, LoadedConfig } from './config.ts'

const NAME = 'expand-contract.config'
const EXTENSIONS = ['ts', 'mts', 'js', 'mjs', 'cjs', 'json']

/**
 * The configuration of `cwd` or of the nearest folder above it, up to the root of the repository; empty where there is none. Throws {@link UserError} for
 * a file that can't be run or holds what it may not; values are never quoted. The loader and the validator are loaded only where there is a file.
 */
export async function loadConfig(cwd: string): Promise<LoadedConfig> {
  const file = findFile(cwd)
  if (!file) return { config: {}, folder: cwd, file: undefined }
  const folder = path.dirname(file)
  const { loadConfig: load } = await import('c12')
  const options = { cwd: folder, configFile: path.basename(file), rcFile: false, globalRc: false, packageJson: false } as const
  const loaded = await load({ ...options, envName: false, extend: false, giget: false, dotenv: false, omit$Keys: false }).catch(
    (error: unknown) => {
      const why = error instanceof Error ? error.message.split('\n')[0] : String(error)
      throw new UserError(`${file} could not be loaded: ${why}`)
    },
  )
  return { config: await validate(loaded.config, file), folder, file }
}

function findFile(from: string): string | undefined {
  for (let folder = from; ; folder = path.dirname(folder)) {
    const found = EXTENSIONS.map((extension) => path.join(folder, `${NAME}.${extension}`)).filter((file) => existsSync(file))
    if (found.length > 1) {
      throw new UserError(`There are two configurations: ${found.map((f) => path.basename(f)).join(' and ')} in ${folder}. Keep one.`)
    }
    if (found[0]) return found[0]
    if (existsSync(path.join(folder, '.git')) || path.dirname(folder) === folder) return undefined
  }
}

/** The value as a {@link Config}. Throws {@link UserError} that names each wrong key. */
export async function validate(value: unknown, file: string): Promise<Config> {
  const { configSchema } = await import('./schema.ts')
  const checked = configSchema.safeParse(value)
  if (checked.success) return checked.data as Config
  const problems = checked.error.issues.map(({ path: at, message }) => `  ${at.length > 0 ? `${at.join('.')}: ` : ''}${message}`)
  throw new UserError(
    `${file} is not valid:\n${problems.join('\n')}\nKnown keys: ${Object.keys(configSchema.shape).join(', ')}. All are optional.`,
  )
}
