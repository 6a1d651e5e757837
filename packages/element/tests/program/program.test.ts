import { dispatch, parseArguments, type CommandContext, type Program } from '@wheelhouse/element/program';

const greet: Program<CommandContext>['commands'][string] = {
  summary: 'say hello to somebody',
  help: 'greeter hello [--loud] NAME\n',
  run: (argv, { output }) => {
    const { values, positionals } = parseArguments('greeter hello', {
      args: [...argv],
      options: { loud: { type: 'boolean' } },
      allowPositionals: true,
    });
    output.write(`hello ${positionals.join(' ')}${values.loud === true ? '!' : ''}\n`);
    return Promise.resolve(2);
  },
};

const program: Program<CommandContext> = {
  name: 'greeter',
  synopsis: 'COMMAND [OPTION]...',
  description: 'Greets.',
  commands: { hello: greet, farewell: { ...greet, summary: 'say goodbye' } },
  version: () => '1.2.3',
};

async function run(...argv: string[]): Promise<{ exitCode: number; stdout: string; stderr: string }> {
  let [stdout, stderr] = ['', ''];
  const exitCode = await dispatch(program, argv, {
    cwd: '/',
    environment: {},
    output: { write: (text: string) => (stdout += text) },
    errorOutput: { write: (text: string) => (stderr += text) },
    process,
  });
  return { exitCode, stdout, stderr };
}

it('the help of a program lists its commands', async () => {
  const stdout =
    'greeter COMMAND [OPTION]...\n\nGreets.\n\n' +
    '  hello     say hello to somebody\n  farewell  say goodbye\n\n`greeter COMMAND --help` shows the options of a command.\n';
  expect(await run('--help')).toEqual({ exitCode: 0, stdout, stderr: '' });
  expect(await run('help')).toEqual({ exitCode: 0, stdout, stderr: '' });
});

it('the version is that of the program', async () => {
  expect(await run('--version')).toEqual({ exitCode: 0, stdout: '1.2.3\n', stderr: '' });
});

it('a command gets what follows its name, and its exit code is that of the program', async () => {
  expect(await run('hello', '--loud', 'Ada')).toEqual({ exitCode: 2, stdout: 'hello Ada!\n', stderr: '' });
});

it('--help before `--` is for the command, and behind it for another program', async () => {
  expect((await run('hello', '--help')).stdout).toBe('greeter hello [--loud] NAME\n');
  expect((await run('hello', '--', '--help')).stdout).toBe('hello --help\n');
});

it.each([
  [[], 'greeter: no command given\nhint: the commands are `hello`, `farewell`\n'],
  [['dance'], 'greeter: unknown command `dance`\nhint: the commands are `hello`, `farewell`\n'],
  [['toString'], 'greeter: unknown command `toString`\nhint: the commands are `hello`, `farewell`\n'],
  [['hello', '--quiet'], "greeter hello: Unknown option '--quiet'\nhint: `greeter hello --help` shows its usage\n"],
])('%j is an error of usage', async (argv, stderr) => {
  expect(await run(...argv)).toEqual({ exitCode: 1, stdout: '', stderr });
});
