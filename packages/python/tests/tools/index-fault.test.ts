import { formatError } from '@wheelhouse/element/internal';
import { faultError, faultInWords } from '@wheelhouse/python/fetch';

const UV = (cause: string): string =>
  `error: Failed to fetch: https://packages.example/simple/idna/\n  cause: client error (Connect)\n  cause: ${cause}\n`;
const PIP = (cause: string): string =>
  `WARNING: Retrying after connection broken by "HTTPSConnectionPool(host='packages.example', port=443): ${cause}"\n`;

test.each([
  ['a name that is not found', UV('failed to lookup address information: Name or service not known'), 'dns'],
  ['a name that is not found, by pip', PIP('[Errno -3] Temporary failure in name resolution'), 'dns'],
  ['a name that is not found, by git', "fatal: unable to access 'x': Could not resolve host: packages.example", 'dns'],
  ['a refused connection', UV('tcp connect error\n  cause: Connection refused (os error 111)'), 'refused'],
  ['an unknown CA', UV('invalid peer certificate: UnknownIssuer'), 'tls'],
  ['an unknown CA, by pip', PIP('[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed'), 'tls'],
  ['an unknown CA, by git', 'fatal: SSL certificate problem: self-signed certificate in certificate chain', 'tls'],
  ['a proxy that asks who it is', UV('tunnel error: proxy authorization required'), 'proxy'],
  ['a proxy that asks who it is, by pip', PIP('Tunnel connection failed: 407 Proxy Authentication Required'), 'proxy'],
  ['a server that does not answer', UV('operation timed out'), 'timeout'],
  ['no route', UV('tcp connect error\n  cause: Network is unreachable (os error 101)'), 'network'],
  ['a network that is switched off', 'hint: Packages were unavailable because the network was disabled.', 'offline'],
])('%s is read out of what a program says', (_what, words, kind) => {
  expect(faultInWords(words)?.kind).toBe(kind);
});

test('an error unrelated to the network is not a fault', () => {
  expect(faultInWords('Because only leaf==1.0 is available and you require leaf>=2, ...')).toBeUndefined();
});

test.each([
  [
    UV('invalid peer certificate: UnknownIssuer'),
    'the index `https://packages.example/simple/idna/` cannot be reached: the certificate of `packages.example` is not trusted (invalid peer certificate: UnknownIssuer), asked for `idna`\n' +
      "hint: set the variable `SSL_CERT_FILE` or pip's `cert` to the certificates of your organisation",
  ],
  [
    UV('failed to lookup address information: Name or service not known'),
    'the index `https://packages.example/simple/idna/` cannot be reached: the name `packages.example` cannot be resolved (failed to lookup address information: Name or service not known), asked for `idna`\n' +
      "hint: check that this machine is online, and whether it needs a proxy (`HTTPS_PROXY`, or pip's `proxy`)",
  ],
])('a fault of the network is named with what to do about it: %#', (words, text) => {
  const fault = faultInWords(words);
  expect(formatError(faultError(fault!, { what: 'index', names: ['idna'] }))).toBe(
    `${text}; no other index is used instead, because the same name may be another distribution there`,
  );
});
