/** The tests that take too long for `npm test`: `npm run test:soak` runs them. */
module.exports = {
  ...require('./jest.config.cjs'),
  displayName: 'e2e soak',
  testMatch: ['<rootDir>/soak/**/*.test.ts'],
};
