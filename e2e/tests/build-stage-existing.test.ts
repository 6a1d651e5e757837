import { existsSync } from 'node:fs';
import { COMMON, StagedWorkspace } from './support/staged-workspace.js';

let staged: StagedWorkspace;

beforeAll(async () => {
  staged = await StagedWorkspace.start(['shop']);
});

afterAll(async () => {
  await staged.stop();
});

describe('a Django project that was there before', () => {
  test('gets a stage without a line of it being changed', async () => {
    const before = staged.workspace.contents('shop');
    expect(await staged.generate('build-stage', '--directory', 'shop')).toHaveEndedWell();
    expect(staged.workspace.contents('shop')).toMatchObject(before);
    expect(staged.workspace.read('shop/MANIFEST.in')).toBe('recursive-include shop *.css\n');
    await staged.lint('shop');
    await staged.addLibraries();
    await staged.lock({ common: 'libs/common', maker: 'libs/maker', shop: 'shop' });
  });

  test('changes nothing the second time', async () => {
    const again = await staged.workspace.nx([
      'g',
      '@wheelhouse/scaffold:build-stage',
      '--project=shop',
      '--no-interactive',
    ]);
    expect(again).toHaveEndedWell();
    expect(again.stdout).not.toMatch(/CREATE|UPDATE|is left unchanged/);
  });

  test('a library that it requires later is added by `nx sync`', async () => {
    expect(await staged.workspace.nx(['g', '@wheelhouse/scaffold:init', '--no-interactive'])).toHaveEndedWell();
    const own = '"@wheelhouse/scaffold:sync-setup"';
    staged.workspace.edit('nx.json', own, `${own}, "@wheelhouse/build:sync-locks"`);
    staged.workspace.edit('shop/requirements.txt', 'gunicorn\n', 'gunicorn\ncommon\n');
    // Locks follow setup.py, which follows the requirements file.
    for (let times = 0; times < 2; times++) expect(await staged.workspace.nx(['sync'])).toHaveEndedWell();
    expect(staged.workspace.read('shop/setup.py')).toContain('"common",\n');
    staged.workspace.commit();
    expect(await staged.workspace.nx(['run', 'shop:build-wheel'])).toHaveEndedWell();
  });

  test('is released from what was tested and built in Docker', async () => {
    expect(await staged.stage('shop', 'release')).toHaveEndedWell();
    expect(await staged.ask('/style')).toContain('teal');
    // Collected when the image was built.
    expect(await staged.ask('/static/shop/style.css')).toContain('teal');
    const docker = staged.wheels('dist/shop/stage/wheelhouse');
    expect(Object.keys(docker)).toEqual(expect.arrayContaining([COMMON]));
    expect(docker).toEqual(staged.wheels('dist/shop/wheelhouse'));
    expect(await staged.engine.docker('volume', 'ls', '--quiet')).toMatch(/^shop-[0-9a-f]{8}-dev_build$/);
  });

  test('a release whose application fails is not healthy, and nothing of it keeps running', async () => {
    const dockerfile = 'shop/docker/release/Dockerfile';
    staged.workspace.edit(dockerfile, '--retries=30', '--retries=1');
    staged.workspace.edit(dockerfile, 'PYTHONUNBUFFERED=1', 'PYTHONUNBUFFERED=1 SHOP_IS_BROKEN=1');
    const failed = await staged.workspace.nx(['run', 'shop:stage:release', '--excludeTaskDependencies'], {
      environment: staged.environment,
    });
    expect(failed.exitCode).not.toBe(0);
    expect(failed.stdout + failed.stderr).toContain('release: the container did not become healthy\n');
    expect(await staged.engine.docker('ps', '--all', '--quiet', '--filter', 'name=release')).toBe('');
    staged.workspace.restore();
  });

  test('a volume is removed that its compose file does not have any more', async () => {
    staged.workspace.edit('shop/docker/dev/docker-compose.yml', '\nvolumes:\n  build:\n', '');
    const compose = staged.workspace.read('shop/docker/dev/docker-compose.yml');
    staged.workspace.write('shop/docker/dev/docker-compose.yml', compose.replaceAll('"build:/build', '"/build'));
    expect(await staged.stage('shop', 'clean')).toHaveEndedWell();
    expect(await staged.engine.docker('volume', 'ls', '--quiet')).toBe('');
    expect(await staged.engine.docker('image', 'ls', '--quiet', 'shop')).toBe('');
    // Where there is nothing left there is nothing to do.
    expect(await staged.stage('shop', 'clean')).toHaveEndedWell();
    expect(existsSync(staged.workspace.path('dist/shop/stage'))).toBe(false);
    staged.workspace.restore();
  });
});

test('without an engine a step is refused, and nothing is written', async () => {
  const refused = await staged.stage('shop', 'builder', { DOCKER_HOST: 'unix:///nonexistent/docker.sock' });
  expect(refused.exitCode).not.toBe(0);
  expect(refused.stdout + refused.stderr).toContain('no Docker engine is running\n');
  expect(refused.stdout + refused.stderr).toContain('hint: start it, or set DOCKER_HOST to its address');
  expect(existsSync(staged.workspace.path('dist/shop/stage'))).toBe(false);
});
