import { expandTags, parseTags, parseWheelName, readWheelName } from '@wheelhouse/python/internal';

test('the name of a wheel has a name, a version and sets of tags', () => {
  expect(readWheelName('A_b-1.0-2build-py2.py3-none-any.whl')).toEqual({
    name: 'a-b',
    writtenName: 'A_b',
    version: '1.0',
    pythons: ['py2', 'py3'],
    abis: ['none'],
    platforms: ['any'],
  });
});

test.each(['x-1.tar.gz', 'x-1-py3-none.whl', 'x-1-build-py3-none-any.whl', 'x-1-2-3-py3-none-any.whl'])(
  '%s is not the name of a wheel',
  (file) => {
    expect(readWheelName(file)).toBeUndefined();
    expect(() => parseWheelName(file)).toThrow(`\`${file}\` is not the name of a wheel`);
  },
);

test('tags in the short form are one for each combination', () => {
  expect(expandTags({ pythons: ['cp311', 'cp312'], abis: ['abi3'], platforms: ['linux_x86_64', 'any'] })).toEqual([
    'cp311-abi3-linux_x86_64',
    'cp311-abi3-any',
    'cp312-abi3-linux_x86_64',
    'cp312-abi3-any',
  ]);
  expect(parseTags('py3-none')).toBeUndefined();
  expect(parseTags('py3-none-any-more')).toBeUndefined();
});
