/** A project whose element `app.bst` has something of everything that a key is made of. */
export const KEYED_FILES = {
  // Keys run nothing, so this toolchain holds nothing.
  'host.bst': 'kind: host\nconfig:\n  directories:\n    (=): []\n  settings:\n    (=): []\n',
  'project.conf':
    'name: test\nmin-version: 2.4\nenvironment:\n  COLOUR: red\n  JOBS: "1"\nenvironment-nocache: [JOBS]\n',
  'app.bst': `kind: manual
description: An application
build-depends: [host.bst, data.bst, tool.bst]
runtime-depends: [late.bst]
variables:
  greeting: hello
environment:
  SIZE: large
public:
  bst:
    integration-commands: [ls]
sources:
- kind: local
  path: src
config:
  build-commands: [make]
`,
  'data.bst': 'kind: import\nsources:\n- kind: local\n  path: data\n',
  'tool.bst':
    'kind: import\nsources:\n- kind: local\n  path: tool\nenvironment:\n  MODE: fast\npublic:\n  bst:\n    integration-commands: [ls]\n',
  'late.bst': 'kind: import\nsources:\n- kind: local\n  path: late\n',
  'src/main.c': 'int main;',
  'data/file': 'data',
  'late/file': 'late',
  'tool/file': 'tool',
};

/** What changes; the file; what is replaced; by what; what is said of why the key is another one, nothing if it is the same. */
type KeyMutation = readonly [what: string, file: string, from: string, to: string, why: readonly string[]];

/** Changes of that project. */
export const KEY_MUTATIONS: readonly KeyMutation[] = [
  ['a byte of a source', 'src/main.c', 'int', 'inT', ['app.bst: file `src/main.c`: changed']],
  [
    'a byte of what a build dependency holds',
    'data/file',
    'data',
    'date',
    ['app.bst > data.bst: file `data/file`: changed'],
  ],
  ['a byte of what a runtime dependency holds', 'late/file', 'late', 'lats', []],
  [
    'a command',
    'app.bst',
    '[make]',
    '[make all]',
    ['app.bst: configuration `build-commands[0]`: `make` -> `make all`'],
  ],
  ['a variable', 'app.bst', 'greeting: hello', 'greeting: hallo', ['app.bst: variable `greeting`: `hello` -> `hallo`']],
  [
    'an environment variable of the element',
    'app.bst',
    'SIZE: large',
    'SIZE: small',
    ['app.bst: environment variable `SIZE`: `large` -> `small`'],
  ],
  [
    'an environment variable of the project',
    'project.conf',
    'COLOUR: red',
    'COLOUR: blue',
    ['app.bst: environment variable `COLOUR`: `red` -> `blue` +1'],
  ],
  ['an environment variable that is not cached', 'project.conf', 'JOBS: "1"', 'JOBS: "2"', []],
  [
    'the environment that integration commands of a dependency see',
    'tool.bst',
    'MODE: fast',
    'MODE: slow',
    ['app.bst > tool.bst: environment variable `MODE`: `fast` -> `slow`'],
  ],
  [
    'public data',
    'app.bst',
    '[ls]',
    '[ls -l]',
    ['app.bst: public data `bst.integration-commands[0]`: `ls` -> `ls -l`'],
  ],
  ['the kind', 'data.bst', 'kind: import', 'kind: manual', ['app.bst > data.bst: kind: `import` -> `manual`']],
  [
    'where a source lies',
    'app.bst',
    '  path: src',
    '  path: src\n  directory: below',
    ['app.bst: `directory` of the source of kind `local`: `.` -> `below`'],
  ],
  [
    'where a dependency is staged',
    'app.bst',
    'data.bst, ',
    '{filename: data.bst, config: {location: /opt}}, ',
    [
      'app.bst: configuration `layout`: added (`[["/",[["test","host.bst"],["test","tool.bst"]]],["/opt",[["test","data.bst"]]]]`)',
    ],
  ],
  [
    'the order in which dependencies are written',
    'app.bst',
    'build-depends: [host.bst, data.bst, tool.bst]',
    'build-depends: [tool.bst, data.bst, host.bst]',
    [],
  ],
  [
    'the ids of the sandbox',
    'app.bst',
    'description',
    'sandbox:\n  build-uid: 5\ndescription',
    ['app.bst: setting `uid` of the sandbox: `0` -> `5`'],
  ],
  ['a description', 'app.bst', 'An application', 'The application', []],
  ['a comment', 'app.bst', 'kind: manual', '# words\nkind: manual', []],
  [
    "the project's name",
    'project.conf',
    'name: test',
    'name: best',
    ['app.bst: variable `project-name`: `test` -> `best`'],
  ],
  ['the version of the format that the project is written for', 'project.conf', '2.4', '2.5', []],
  [
    'a fatal warning',
    'project.conf',
    'min',
    'fatal-warnings: [overlaps]\nmin',
    ['app.bst: fatal warnings: added (`["overlaps"]`)'],
  ],
  [
    'the other fatal warning',
    'project.conf',
    'min',
    'fatal-warnings: [unstaged-files]\nmin',
    ['app.bst: fatal warnings: added (`["unstaged-files"]`)'],
  ],
  [
    'all warnings being fatal',
    'project.conf',
    'min',
    'fatal-warnings: True\nmin',
    ['app.bst: fatal warnings: added (`["overlaps","unstaged-files"]`)'],
  ],
  ['no warning being fatal, written out', 'project.conf', 'min', 'fatal-warnings: []\nmin', []],
  ['a fatal warning that staging does not give', 'project.conf', 'min', 'fatal-warnings: [ref-not-in-track]\nmin', []],
  [
    'a variable of the project',
    'project.conf',
    'min',
    'variables: {prefix: /opt}\nmin',
    ['app.bst: variable `exec_prefix`: `/usr` -> `/opt`', 'app.bst: variable `prefix`: `/usr` -> `/opt`'],
  ],
  [
    'a variable of the project for the kind',
    'project.conf',
    'min',
    'elements: {manual: {variables: {x: y}}}\nmin',
    ['app.bst: variable `x`: added (`y`)'],
  ],
  [
    'the environment for the kind',
    'project.conf',
    'min',
    'elements: {manual: {environment: {X: y}}}\nmin',
    ['app.bst: environment variable `X`: added (`y`)'],
  ],
  [
    'the configuration for the kind',
    'project.conf',
    'min',
    'elements: {manual: {config: {strip-commands: [x]}}}\nmin',
    ['app.bst: configuration `strip-commands[0]`: added (`x`)'],
  ],
  [
    'public data for the kind',
    'project.conf',
    'min',
    'elements: {manual: {public: {x: [y]}}}\nmin',
    ['app.bst: public data `x`: added (`["y"]`)'],
  ],
  [
    'the sandbox for the kind',
    'project.conf',
    'min',
    'elements: {manual: {sandbox: {build-gid: 7}}}\nmin',
    ['app.bst: setting `gid` of the sandbox: `0` -> `7`'],
  ],
  ['overrides for another kind', 'project.conf', 'min', 'elements: {script: {variables: {x: y}}}\nmin', []],
  [
    'what is under the configuration of sources',
    'project.conf',
    'min',
    'sources: {local: {config: {path: tool}}}\nmin',
    [],
  ],
  [
    'the sandbox of the project',
    'project.conf',
    'min',
    'sandbox: {build-uid: 7}\nmin',
    ['app.bst: setting `uid` of the sandbox: `0` -> `7`'],
  ],
  [
    'the split rules of the project',
    'project.conf',
    'min',
    'split-rules: {extra: [/x]}\nmin',
    ['app.bst: public data `bst.split-rules.extra`: added (`["/x"]`) +3'],
  ],
  [
    'an environment variable that is cached no more',
    'project.conf',
    '[JOBS]',
    '[JOBS, COLOUR]',
    ['app.bst: environment variable `COLOUR`: removed (was `red`) +1'],
  ],
  [
    'an environment variable that is cached again',
    'project.conf',
    '[JOBS]',
    '[]',
    ['app.bst: environment variable `JOBS`: added (`1`) +1'],
  ],
  ['a name that is not cached and not there', 'project.conf', '[JOBS]', '[JOBS, NONE]', []],
  [
    'aliases, mirrors and the shell',
    'project.conf',
    'min',
    'aliases: {a: b}\nmirrors: []\nshell: {command: [sh]}\nmin',
    [],
  ],
  ['the default targets', 'project.conf', 'min', 'defaults: {targets: [tool.bst]}\nmin', []],
  [
    'a configure command',
    'app.bst',
    'config:\n',
    'config:\n  configure-commands: [x]\n',
    ['app.bst: configuration `configure-commands[0]`: added (`x`)'],
  ],
  [
    'an install command',
    'app.bst',
    'config:\n',
    'config:\n  install-commands: [x]\n',
    ['app.bst: configuration `install-commands[0]`: added (`x`)'],
  ],
  [
    'a strip command',
    'app.bst',
    'config:\n',
    'config:\n  strip-commands: [x]\n',
    ['app.bst: configuration `strip-commands[0]`: added (`x`)'],
  ],
  ['an empty command', 'app.bst', 'config:\n', 'config:\n  strip-commands: [""]\n', []],
  ['where a command ends and the next begins', 'app.bst', '[make]', '[make, ""]', []],
  [
    'one command that becomes two',
    'app.bst',
    '[make]',
    '[ma, ke]',
    [
      'app.bst: configuration `build-commands[0]`: `make` -> `ma`',
      'app.bst: configuration `build-commands[1]`: added (`ke`)',
    ],
  ],
  [
    'a command in another list',
    'app.bst',
    'build-commands',
    'strip-commands',
    [
      'app.bst: configuration `build-commands[0]`: removed (was `make`)',
      'app.bst: configuration `strip-commands[0]`: added (`make`)',
    ],
  ],
  [
    '/dev/shm',
    'app.bst',
    'config:\n',
    'config:\n  create-dev-shm: True\n',
    ['app.bst: configuration `create-dev-shm`: `false` -> `true`'],
  ],
  [
    'the directory of commands',
    'app.bst',
    '  greeting',
    '  command-subdir: x\n  greeting',
    ['app.bst: variable `command-subdir`: added (`x`)', 'app.bst: configuration `command-subdir`: `` -> `x`'],
  ],
  [
    'the install root',
    'app.bst',
    '  greeting',
    '  install-root: /x\n  greeting',
    ['app.bst: variable `install-root`: `/buildstream-install` -> `/x`'],
  ],
  [
    'the build root',
    'app.bst',
    '  greeting',
    '  build-root: /x\n  greeting',
    ['app.bst: variable `build-root`: `/buildstream/test/app.bst` -> `/x`'],
  ],
  [
    'whether commands run in parallel',
    'app.bst',
    '  greeting',
    '  notparallel: True\n  greeting',
    ['app.bst: variable `notparallel`: added (`True`)'],
  ],
  [
    'a whitelist of overlaps',
    'app.bst',
    'public:\n  bst:\n',
    'public:\n  bst:\n    overlap-whitelist: [/x]\n',
    ['app.bst: public data `bst.overlap-whitelist`: added (`["/x"]`)'],
  ],
  [
    'a split rule',
    'app.bst',
    'public:\n  bst:\n',
    'public:\n  bst:\n    split-rules: {x: [/x]}\n',
    ['app.bst: public data `bst.split-rules.x`: added (`["/x"]`)'],
  ],
  [
    'the group of the sandbox',
    'app.bst',
    'description',
    'sandbox:\n  build-gid: 5\ndescription',
    ['app.bst: setting `gid` of the sandbox: `0` -> `5`'],
  ],
  [
    'the system of the sandbox',
    'app.bst',
    'description',
    'sandbox:\n  build-os: plan9\ndescription',
    ['app.bst: setting `os` of the sandbox: `linux` -> `plan9`'],
  ],
  [
    'the architecture of the sandbox',
    'app.bst',
    'description',
    'sandbox:\n  build-arch: aarch64\ndescription',
    ['app.bst: setting `arch` of the sandbox: `x86-64` -> `aarch64`'],
  ],
  ['a default that is written out', 'app.bst', 'description', 'sandbox:\n  build-uid: 0\ndescription', []],
  ['a dependency that is needed later only', 'app.bst', '[late.bst]', '[late.bst, data.bst]', []],
  ['a dependency that is not needed later', 'app.bst', 'runtime-depends: [late.bst]\n', '', []],
  ['a build dependency less', 'app.bst', 'data.bst, ', '', ['app.bst: dependency `data.bst`: removed']],
  [
    'a runtime dependency of a build dependency',
    'tool.bst',
    'kind: import\n',
    'kind: import\nruntime-depends: [late.bst]\n',
    ['app.bst: dependency `late.bst`: added'],
  ],
  [
    'the name of a source',
    'app.bst',
    'path: src',
    'path: tool',
    ['app.bst: file `tool/file`: added', 'app.bst: file `tool/main.c`: removed'],
  ],
  [
    'a source more',
    'app.bst',
    'sources:\n',
    'sources:\n- kind: local\n  path: tool\n',
    ['app.bst: source `tool`: added'],
  ],
  [
    'the part of its sources that an import takes',
    'data.bst',
    'sources',
    'config: {source: /file}\nsources',
    ['app.bst > data.bst: configuration `source`: `/` -> `/file`'],
  ],
  [
    'where an import puts them',
    'data.bst',
    'sources',
    'config: {target: /opt}\nsources',
    ['app.bst > data.bst: configuration `target`: `/` -> `/opt`'],
  ],
  ['a variable of an import', 'data.bst', 'sources', 'variables: {x: y}\nsources', []],
  ['the environment of an import that integrates nothing', 'data.bst', 'sources', 'environment: {X: y}\nsources', []],
  [
    'the ids under which an import is made, which runs nothing',
    'data.bst',
    'sources',
    'sandbox: {build-uid: 5}\nsources',
    [],
  ],
];
