import { existsSync, statSync } from 'node:fs';
import { COMMON, POSTGRES, PYTHON, StagedWorkspace } from './support/staged-workspace.js';
import type { Ended } from './support/users.js';

let staged: StagedWorkspace;

beforeAll(async () => {
  staged = await StagedWorkspace.start([]);
});

afterAll(async () => {
  await staged.stop();
});

describe('a new Django application', () => {
  let released: Ended;

  test('--dry-run writes nothing', async () => {
    const made = await staged.generate(
      'app',
      'todo',
      '--framework',
      'django',
      '--databaseImage',
      POSTGRES,
      '--dry-run',
    );
    expect(made).toHaveEndedWell();
    expect(made.stdout).toContain('CREATE todo/docker/dev/Dockerfile');
    expect(existsSync(staged.workspace.path('todo'))).toBe(false);
  });

  test('is generated, and its files pass the linters', async () => {
    const made = await staged.generate('app', 'todo', '--framework', 'django', '--databaseImage', POSTGRES);
    expect(made).toHaveEndedWell();
    expect(statSync(staged.workspace.path('todo/scripts/test.sh')).mode & 0o777).toBe(0o755);
    await staged.lint('todo');
    await staged.addLibraries();
    staged.addKit();
    staged.workspace.edit('todo/setup.py', 'install_requires=[\n', 'install_requires=[\n        "common",\n');
    staged.workspace.edit('todo/setup.py', '"test": [\n', '"test": [\n            "kit",\n');
    staged.workspace.write(
      'todo/tests/test_common.py',
      'import common\nimport kit\n\n\ndef test_it():\n    assert (common.NAME, kit.__name__) == ("common", "kit")\n',
    );
    await staged.lock({ common: 'libs/common', kit: 'libs/kit', maker: 'libs/maker', todo: 'todo' });
  });

  test('its own tests pass natively, and its wheel is built', async () => {
    const tested = await staged.workspace.nx(['run-many', '--targets=test,build-wheel', '--projects=todo']);
    expect(tested).toHaveEndedWell();
    expect(JSON.parse(staged.workspace.read('reports/todo/record.json'))).toMatchObject({
      passed: 3,
      failed: 0,
      hermetic: true,
    });
  });

  test('has images and one snapshot, and its database is waited for', async () => {
    // Its images are made by the step before it.
    const waited = await staged.stage('todo', 'agent');
    expect(waited).toHaveEndedWell();
    expect(waited.stdout).toContain('cache: /locks/local/common/build/common.txt');
    expect(waited.stdout).toContain('agent: db:5432 accepts connections');
  });

  test('a test that fails fails the step, and its report is brought out all the same', async () => {
    staged.workspace.edit('todo/tests/test_views.py', '"version": "0.1.0"', '"version": "9"');
    try {
      const failed = await staged.stage('todo', 'test');
      expect(failed.exitCode).not.toBe(0);
      expect(failed.stdout).toContain('cache: /build is up to date with the locks');
      expect(failed.stdout + failed.stderr).toContain('stage:test exited with code 1');
      expect(staged.workspace.read('reports/todo/stage/junit.xml')).toMatch(/failures="1"/);
    } finally {
      staged.workspace.restore();
    }
    expect(await staged.engine.docker('ps', '--all', '--quiet', '--filter', 'name=-stage')).toBe('');
  });

  test('is released by one command, which takes every step before it', async () => {
    // As its page has it.
    released = await staged.workspace.nx(['run', 'todo:stage:release'], { environment: staged.environment });
    expect(released).toHaveEndedWell();
  });

  test('is tested on its database, and the report is brought out', () => {
    expect(staged.workspace.read('reports/todo/stage/junit.xml')).toMatch(
      /errors="0" failures="0" skipped="0" tests="3"/,
    );
  });

  test("its builder's wheelhouse is that of build-wheel, byte for byte, with the library of the workspace", () => {
    const docker = staged.wheels('dist/todo/stage/wheelhouse');
    expect(docker).toEqual(staged.wheels('dist/todo/wheelhouse'));
    expect(Object.keys(docker)).toEqual(expect.arrayContaining([COMMON, 'todo-0.1.0-py3-none-any.whl']));
    const requirements = staged.workspace.read('dist/todo/stage/wheelhouse/requirements.txt');
    expect(requirements).toMatch(/^todo==0\.1\.0 --hash=sha256:[0-9a-f]{64}$/m);
    expect(requirements).toMatch(/^gunicorn==/m);
    expect(requirements).toMatch(/^common==1\.0\.1\.dev1\+g[0-9a-f]{9} /m);
    expect(requirements).not.toMatch(/^(pytest|kit|maker)/m);
  });

  test('its release responds on loopback, as a user other than root', async () => {
    expect(JSON.parse(await staged.ask('/'))).toEqual({ name: 'todo', version: '0.1.0' });
    expect(JSON.parse(await staged.ask('/health'))).toEqual({ database: 'postgresql' });
    // A tag of the checkout's own.
    const [, image = ''] =
      /release: `(todo:todo-[0-9a-f]{8})` is running, on 127\.0\.0\.1:/.exec(released.stdout) ?? [];
    const container = await staged.engine.docker(
      'ps',
      '--quiet',
      '--filter',
      'label=com.docker.compose.service=app',
      '--filter',
      `ancestor=${image}`,
    );
    expect(await staged.engine.docker('exec', container, 'id', '-u')).toBe('10001');
  });

  test('nothing is left of it', async () => {
    expect(await staged.stage('todo', 'clean')).toHaveEndedWell();
    expect(await staged.engine.docker('ps', '--all', '--quiet')).toBe('');
    expect(await staged.engine.docker('volume', 'ls', '--quiet')).toBe('');
    // Not even those without a name.
    const images = await staged.engine.docker('image', 'ls', '--format', '{{.Repository}}');
    expect(new Set(images.split('\n'))).toEqual(
      new Set([PYTHON, POSTGRES, 'base-postgres:', 'base:'].map((each) => each.split(':')[0])),
    );
    expect(
      await staged.engine.docker('network', 'ls', '--quiet', '--filter', 'type=custom', '--filter', 'name=-'),
    ).toBe('');
    // What is not the stage's own stays.
    for (const image of [PYTHON, POSTGRES])
      expect(await staged.engine.docker('image', 'ls', '--quiet', image)).not.toBe('');
    expect(existsSync(staged.workspace.path('dist/todo/stage'))).toBe(false);
  });
});
