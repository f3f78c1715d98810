import { defineConfig } from 'vitest/config'

// Vitest hands these to node as well: `import` among them would make `require` load ES modules, which breaks pg.
const conditions = ['expand-contract-source', 'node']

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['packages/*/test/**/*.test.ts', 'test/**/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
})
