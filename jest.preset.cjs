/**
 * What every jest project of the workspace shares. Packages import one another by name and get the TypeScript
 * sources through the export condition `@wheelhouse/source`, so no build is needed before unit tests.
 */
module.exports = {
  testMatch: ['<rootDir>/tests/**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/fixtures/'],
  testEnvironment: 'node',
  testEnvironmentOptions: {
    customExportConditions: ['@wheelhouse/source', 'node', 'require', 'default'],
  },
  // `js` comes first, so that a dependency which ships its TypeScript beside its JavaScript is run as JavaScript.
  moduleFileExtensions: ['js', 'ts', 'json', 'node', 'mjs', 'cjs'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: { target: 'es2023', parser: { syntax: 'typescript' }, keepClassNames: true },
        module: { type: 'commonjs' },
        sourceMaps: 'inline',
      },
    ],
  },
  testTimeout: 30_000,
};
