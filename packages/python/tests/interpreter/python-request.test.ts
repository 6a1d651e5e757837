import { parsePythonRequest } from '@wheelhouse/python/internal';

const plain = { isFreeThreaded: false };

test.each([
  ['3', { ...plain, version: '3' }],
  ['3.13', { ...plain, version: '3.13' }],
  ['3.13.0', { ...plain, version: '3.13.0' }],
  ['3.15.0a1', { ...plain, version: '3.15.0a1' }],
  ['312', { ...plain, version: '3.12' }],
  ['3.13t', { version: '3.13', isFreeThreaded: true }],
  ['3.13+freethreaded', { version: '3.13', isFreeThreaded: true }],
  ['python3.12', { ...plain, version: '3.12' }],
  ['python-3.12.1', { ...plain, version: '3.12.1' }],
  ['cpython@3.12', { ...plain, implementation: 'cpython', version: '3.12' }],
  ['CPython3.12', { ...plain, implementation: 'cpython', version: '3.12' }],
  ['cpython-3.12', { ...plain, implementation: 'cpython', version: '3.12' }],
  ['cp312', { ...plain, implementation: 'cpython', version: '3.12' }],
  ['cpython', { ...plain, implementation: 'cpython' }],
  [
    'cpython-3.12.1-linux-x86_64-gnu',
    { ...plain, implementation: 'cpython', version: '3.12.1', platform: { system: 'linux', machine: 'x86_64' } },
  ],
  [
    'cpython-3.13.0+freethreaded-macos-aarch64-none',
    {
      implementation: 'cpython',
      version: '3.13.0',
      isFreeThreaded: true,
      platform: { system: 'darwin', machine: 'aarch64' },
    },
  ],
  ['pypy@3.10', { ...plain, implementation: 'pypy', version: '3.10' }],
  ['pypy3.10-7.3.12', { ...plain, implementation: 'pypy', version: '3.10' }],
  ['pp310', { ...plain, implementation: 'pypy', version: '3.10' }],
  ['>=3.12,<3.13', { ...plain, specifier: '>=3.12,<3.13' }],
  ['~=3.12', { ...plain, specifier: '~=3.12' }],
  ['my-pyenv-env', undefined],
  ['python', undefined],
  ['system', undefined],
  ['3.x', undefined],
  ['>=three', undefined],
])('%s', (text, request) => {
  expect(parsePythonRequest(text)).toEqual(request);
});
