const preset = require('../../jest.preset.cjs');

const [[, swc]] = Object.entries(preset.transform);

module.exports = {
  ...preset,
  displayName: 'cache',
  rootDir: __dirname,
  // jose comes as ES modules alone. Node requires these since 20.19, but jest does not.
  transform: { ...preset.transform, '/node_modules/jose/.+\\.js$': swc },
  transformIgnorePatterns: ['/node_modules/(?!jose/)'],
};
