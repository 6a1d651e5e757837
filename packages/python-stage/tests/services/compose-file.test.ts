import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { temporaryDirectory } from '@wheelhouse/python/testing';
import { readComposeServices, type ComposeService } from '@wheelhouse/python-stage/internal';

const environment = { TAG: '16', EMPTY: '', INHERITED: 'yes' };

async function read(text: string, names: readonly string[] = ['db'], file = 'compose.yaml'): Promise<ComposeService[]> {
  const workspace = temporaryDirectory();
  const directory = join(workspace, 'app');
  mkdirSync(dirname(join(directory, file)), { recursive: true });
  writeFileSync(join(directory, file), text);
  return await readComposeServices({ workspace, directory, names, environment });
}

test('a service is read as compose files have it, in their short forms', async () => {
  const [db] = await read(`
x-common: &common
  restart: always
  environment: [MODE=test, INHERITED, ABSENT]
services:
  db:
    <<: *common
    image: postgres:\${TAG:-15}
    command: postgres -c "log_statement = all"
    ports: ["5432:5432", "127.0.0.1:6432:6432/tcp", 7432]
    expose: ["5432"]
    volumes: ["data:/var/lib/data", /cache]
    tmpfs: /run
    user: "999"
    working_dir: /srv
    healthcheck: { test: pg_isready -U $$USER, interval: 1m30s, timeout: 500ms, retries: 3, start_period: 2s }
`);
  expect(db).toEqual({
    name: 'db',
    image: 'postgres:16',
    command: ['postgres', '-c', 'log_statement = all'],
    environment: { MODE: 'test', INHERITED: 'yes' },
    ports: ['5432/tcp', '6432/tcp', '7432/tcp'],
    volumes: ['/var/lib/data', '/cache'],
    tmpfs: ['/run'],
    user: '999',
    workdir: '/srv',
    healthcheck: {
      test: ['CMD-SHELL', 'pg_isready -U $USER'],
      interval: 90e9,
      timeout: 500e6,
      retries: 3,
      startPeriod: 2e9,
    },
    dependsOn: [],
  });
});

test('a service is read in the long forms, too', async () => {
  const [db] = await read(`
services:
  db:
    image: db
    entrypoint: [run, "a b"]
    environment: { A: 1, B: "\${EMPTY:-b}", C: "\${EMPTY-c}", D: "\${ABSENT-d}", E: $TAG }
    ports: [{ target: 80, published: 8080 }]
    volumes: [{ type: volume, source: data, target: /data }]
    healthcheck: { disable: true }
`);
  expect(db).toMatchObject({
    entrypoint: ['run', 'a b'],
    environment: { A: '1', B: 'b', C: '', D: 'd', E: '16' },
    ports: ['80/tcp'],
    volumes: ['/data'],
    healthcheck: { test: ['NONE'] },
  });
});

test('services that one depends on come before it, each once', async () => {
  const services = await read(
    `
services:
  db: { image: db, depends_on: [disk] }
  web: { image: web, depends_on: { db: { condition: service_healthy }, disk: { condition: service_started } } }
  disk: { image: disk }
  other: { image: other }
`,
    ['web', 'db'],
    'docker/dev/docker-compose.yml',
  );
  expect(services.map(({ name }) => name)).toEqual(['disk', 'db', 'web']);
});

test.each([
  ['services: { db: { build: . } }', '`build` is not supported'],
  ['services: { db: {} }', 'it has no `image`'],
  ['services: { db: { image: [] } }', '`image` is not a string'],
  ['services: { db: { image: db, ports: ["53:53/udp"] } }', '`53:53/udp` of `ports` is not a TCP port'],
  [
    'services: { db: { image: db, volumes: [{ type: bind, source: /etc, target: /x }] } }',
    '`/etc` of `volumes` is a directory of this machine',
  ],
  [
    'services: { db: { image: db, healthcheck: { test: "true", interval: soon } } }',
    '`soon` of `healthcheck` is not a duration',
  ],
])('%s is refused', async (text, what) => {
  await expect(read(text)).rejects.toMatchObject({
    code: 'SERVICE',
    reason: `app/compose.yaml: service \`db\`: ${what}`,
  });
});

test('invalid YAML is refused with its position', async () => {
  await expect(read('services:\n  db: [')).rejects.toMatchObject({
    code: 'SERVICE',
    origin: { file: 'app/compose.yaml', line: 2 },
  });
});

test('a project without a compose file gets an error with the default names', async () => {
  const workspace = temporaryDirectory();
  const request = { workspace, directory: join(workspace, 'app'), names: ['db'], environment: {} };
  await expect(readComposeServices(request)).rejects.toMatchObject({
    code: 'SERVICE',
    reason: 'compose file not found: `app/compose.yaml`',
    hint: 'the default names are `compose.yaml`, `compose.yml`, `docker-compose.yaml`, `docker-compose.yml`, `docker/dev/docker-compose.yml`; set another with the option `composeFile`',
  });
});
