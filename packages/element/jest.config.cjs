module.exports = {
  ...require('../../jest.preset.cjs'),
  displayName: 'element',
  rootDir: __dirname,
};
