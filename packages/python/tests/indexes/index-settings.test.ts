import { parsePipConfig, uvEnvironment } from '@wheelhouse/python/fetch';
import { readUvLayers } from '../../src/indexes/uv-layers.js';
import { withUv } from '../../src/indexes/with-uv.js';

const config = `:env:.timeout='30'
global.cert='/etc/ca.pem'
global.extra-index-url='\\nhttps://one.test/simple\\nhttps://two.test/simple'
global.index-url='https://global.test/simple'
global.timeout='60'
install.find-links='/wheels'
install.index-url='https://user:pass@install.test/simple'
install.trusted-host='one.test'
list.format='columns'
`;

test('pip settings are those of pip install, variables first', () => {
  expect(parsePipConfig(config)).toEqual({
    indexUrl: 'https://user:pass@install.test/simple',
    extraIndexUrls: ['https://one.test/simple', 'https://two.test/simple'],
    findLinks: ['/wheels'],
    trustedHosts: ['one.test'],
    noIndex: false,
    cert: '/etc/ca.pem',
    timeout: 30,
  });
});

test("uv's variables come over pip's settings", () => {
  const environment = {
    UV_DEFAULT_INDEX: 'https://uv.test/simple',
    UV_INDEX: 'private=https://private.test/simple https://plain.test/simple',
    UV_NO_INDEX: '1',
    UV_INDEX_PRIVATE_USERNAME: 'u',
    UV_INDEX_PRIVATE_PASSWORD: 'p@',
  };
  const settings = withUv(parsePipConfig(config), readUvLayers(environment), environment);
  expect(settings).toMatchObject({
    indexUrl: 'https://uv.test/simple',
    extraIndexUrls: [
      'https://u:p%40@private.test/simple',
      'https://plain.test/simple',
      'https://one.test/simple',
      'https://two.test/simple',
    ],
    noIndex: true,
  });
});

test('uv gets exactly these settings, regardless of its own variables and those of an active environment', () => {
  const environment = {
    PATH: '/bin',
    UV_CACHE_DIR: '/c',
    UV_INDEX_URL: 'https://old.test',
    PYTHONPATH: '/x',
    VIRTUAL_ENV: '/v',
    UV_INDEX_PRIVATE_PASSWORD: 'p',
  };
  expect(uvEnvironment(parsePipConfig(config), environment)).toEqual({
    PATH: '/bin',
    UV_INDEX_PRIVATE_PASSWORD: 'p',
    UV_DEFAULT_INDEX: 'https://user:pass@install.test/simple',
    UV_INDEX: 'https://one.test/simple https://two.test/simple',
    UV_FIND_LINKS: '/wheels',
    UV_INSECURE_HOST: 'one.test',
    UV_HTTP_TIMEOUT: '30',
    SSL_CERT_FILE: '/etc/ca.pem',
  });
});
