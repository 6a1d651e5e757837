module.exports = {
  ...require('../../jest.preset.cjs'),
  displayName: 'python',
  rootDir: __dirname,
};
