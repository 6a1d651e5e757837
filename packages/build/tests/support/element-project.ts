import type { Files } from './workspace.js';

/** A project of elements whose commands are this machine's own. */
export const ELEMENTS: Files = {
  'project.conf': 'name: shop\nmin-version: 2.4\n',
  'toolchain.bst': 'kind: host\n',
  'files/hello/hello.c': '#include <stdio.h>\nint main(void) { return puts("hello") < 0; }\n',
  'files/hello/.hidden': 'kept\n',
  'hello.bst': [
    'kind: manual',
    'build-depends:',
    '- toolchain.bst',
    'sources:',
    '- kind: local',
    '  path: files/hello',
    'variables:',
    '  odd: "it\'s $HOME `id`"',
    'environment:',
    '  GREETING: "a b"',
    'config:',
    '  build-commands:',
    '  - cc -o hello hello.c',
    '  - test -f .hidden',
    '  install-commands:',
    '  - install -D hello "%{install-root}%{bindir}/hello"',
    '  - printf "%s\\n" "$GREETING" "%{build-root}" > "%{install-root}/greeting"',
    '  - mkdir "%{install-root}/empty"; ln -s "%{bindir}/hello" "%{install-root}/link"',
    '',
  ].join('\n'),
  'broken.bst': [
    'kind: manual',
    'build-depends:',
    '- toolchain.bst',
    'config:',
    '  build-commands:',
    '  - echo about to fail; exit 3',
    '',
  ].join('\n'),
};
