module.exports = {
  ...require('../../jest.preset.cjs'),
  displayName: 'python-lock',
  rootDir: __dirname,
};
