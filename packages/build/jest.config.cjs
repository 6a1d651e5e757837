module.exports = {
  ...require('../../jest.preset.cjs'),
  displayName: 'build',
  rootDir: __dirname,
};
