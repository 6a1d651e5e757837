import { parseFilename } from '@wheelhouse/python/internal';

test.each([
  ['Django-5.2-py3-none-any.whl', { format: 'wheel', name: 'Django', version: '5.2', tags: ['py3-none-any'] }],
  [
    'x-1-2build-py2.py3-none-any.whl',
    { format: 'wheel', name: 'x', version: '1', tags: ['py2-none-any', 'py3-none-any'] },
  ],
  [
    'a_b-1.0-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl',
    {
      format: 'wheel',
      name: 'a_b',
      version: '1.0',
      tags: ['cp311-cp311-manylinux_2_17_x86_64', 'cp311-cp311-manylinux2014_x86_64'],
    },
  ],
  ['django-cors-headers-4.7.tar.gz', { format: 'sdist', name: 'django-cors-headers', version: '4.7', tags: [] }],
  ['uwsgi-2.0.28.zip', { format: 'sdist', name: 'uwsgi', version: '2.0.28', tags: [] }],
  ['README.txt', undefined],
])('the name %s is read', (filename, parsed) => {
  expect(parseFilename(filename)).toEqual(parsed);
});
