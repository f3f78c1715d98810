import { defineConfig } from 'vitest/config'

export default defineConfig({
  resolve: { conditions: ['expand-contract-source', 'node', 'import', 'default'] },
  ssr: { resolve: { conditions: ['expand-contract-source', 'node', 'import', 'default'] } },
  test: {
    include: ['packages/*/test/**/*.test.ts', 'test/**/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
})
