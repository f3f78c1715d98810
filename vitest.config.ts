import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

// Vitest hands these to node as well: `import` among them would make `require` load ES modules, which breaks pg.
const conditions = ['expand-contract-source', 'node']

/** The laws take longest: started first, none of them is left over for one core at the end. */
class LawsFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isLaw = ({ moduleId }: TestSpecification): boolean => moduleId.includes('/test/laws/postgres-')
    const sorted = await super.sort(files)
    return [...sorted.filter(isLaw), ...sorted.filter((file) => !isLaw(file))]
  }
}

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['packages/*/test/**/*.test.ts', 'test/**/*.test.ts'],
    // A file waits for its PostgreSQL half of the time: one for each core, not one less.
    maxWorkers: '100%',
    sequence: { sequencer: LawsFirst },
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
})
