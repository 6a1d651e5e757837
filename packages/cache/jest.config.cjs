const preset = require('../../jest.preset.cjs');

const [[, toCommonJs]] = Object.entries(preset.transform);

module.exports = {
  ...preset,
  displayName: 'cache',
  rootDir: __dirname,
  // Node requires ES modules, jest does not: jose is nothing else.
  transform: { ...preset.transform, '/node_modules/jose/.+\\.js$': toCommonJs },
  transformIgnorePatterns: ['/node_modules/(?!jose/)'],
};
