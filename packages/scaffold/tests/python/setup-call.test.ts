import { SetupCall } from '../../src/python/setup-call.js';

/** The list `x` of a call. */
function list(code: string): ReturnType<SetupCall['strings']> {
  return SetupCall.find(`from setuptools import setup\nsetup(x=${code}, y=1)\n`)?.strings('x');
}

function edited(text: string | undefined): string | undefined {
  return /^setup\(x=(.*), y=1\)$/ms.exec(text ?? '')?.[1];
}

test.each([
  ['[]', '["b"]'],
  ['["a"]', '["a", "b"]'],
  ['["a",]', '["a", "b"]'],
  ['[ "a" ]', '[ "a", "b" ]'],
  ['[\n    "a"\n]', '[\n    "a",\n    "b",\n]'],
  ['[\n    "a",  # why\n]', '[\n    "a",  # why\n    "b",\n]'],
  ['[\n    "a"  # why\n]', '[\n    "a",  # why\n    "b",\n]'],
  ['["z",\n   "a"]', '["z",\n   "a", "b"]'],
])('an item behind those of %j', (before, after) => {
  const grown = list(before)?.append(['b']);
  expect(edited(grown)).toBe(after);
  expect(
    SetupCall.find(grown ?? '')
      ?.strings('x')
      ?.items.at(-1),
  ).toBe('b');
});

test.each([
  ['["a", "b", "c"]', '["a", "c"]'],
  ['["a", "b"]', '["a"]'],
  ['[\n    "a",\n    "b",\n]', '[\n    "a",\n]'],
])('the second item of %j is taken away', (before, after) => {
  expect(edited(list(before)?.remove(1))).toBe(after);
});

test('an item is replaced, and nothing else changes', () => {
  expect(edited(list("['a',  'b'  # why\n]")?.replace(1, 'c>"1"'))).toBe('[\'a\',  "c>\\"1\\""  # why\n]');
});

test.each(['REQUIRES', '["a"] + MORE', '["a", B]', '["a", f"{b}"]', '["a" "b"]', '[each for each in "ab"]', '[*MORE]'])(
  'what %j is, is not known',
  (code) => {
    expect(list(code)).toBeUndefined();
  },
);

test('arguments are found by name, whatever the module is called', () => {
  const call = SetupCall.find(
    'import setuptools as s\n\ns.setup(\n    **more,\n    name=f(name="no"),\n    version="1")\n',
  );
  expect([call?.has('name'), call?.text('name'), call?.text('version'), call?.lineOf('version')]).toEqual([
    ...[true, undefined],
    ...['1', 6],
  ]);
  expect(SetupCall.find('print("setup()")\n')).toBeUndefined();
});

test('an argument is added behind another one, in its form', () => {
  const tall = SetupCall.find('setup(\n    packages=["a"],\n    name="a",\n)\n');
  expect(tall?.addBehind('packages', 'b=True')).toBe('setup(\n    packages=["a"],\n    b=True,\n    name="a",\n)\n');
  const wide = SetupCall.find('setup(packages=["a"], name="a")\n');
  expect(wide?.addBehind('packages', 'b=True')).toBe('setup(packages=["a"], b=True, name="a")\n');
});
