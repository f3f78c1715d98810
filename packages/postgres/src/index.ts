export { readDefinitions } from './introspect/definitions.ts'
export { introspect } from './introspect/introspect.ts'
export * from './schema-diff.ts'
export * from './server.ts'
