module.exports = {
  ...require('../../jest.preset.cjs'),
  displayName: 'python-stage',
  rootDir: __dirname,
};
