module.exports = {
  ...require('../jest.preset.cjs'),
  displayName: 'e2e',
  rootDir: __dirname,
  globalSetup: '<rootDir>/tests/support/make-tools.cjs',
  setupFilesAfterEnv: ['<rootDir>/tests/support/ended-well.ts'],
  testTimeout: 600_000,
};
