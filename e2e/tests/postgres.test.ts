import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { baseImage } from './support/base-image.js';
import { DockerEngine } from './support/docker-engine.js';
import { removeTree } from './support/remove-tree.js';
import type { Ended } from './support/users.js';
import { Workspace } from './support/workspace.js';

// A database that asks for a password, takes its time to be ready, and keeps its tables in memory. Debian's image of it is
// made as the others are; the driver is a locked requirement of the tests' wheel.

/**
 * `$$` is a dollar to compose. The cluster that Debian's package makes listens to this machine alone, and is left
 * unchanged.
 */
const START = `PATH=/usr/lib/postgresql/$$(ls /usr/lib/postgresql)/bin:$$PATH
printenv POSTGRES_PASSWORD > /data/password
initdb --pgdata=/data/db --username=shop --auth=scram-sha-256 --pwfile=/data/password --encoding=UTF8 --locale=C.UTF-8
echo "host all all all scram-sha-256" >> /data/db/pg_hba.conf
exec postgres -D /data/db -c listen_addresses="*" -c unix_socket_directories=/data -c fsync=off`;
const COMPOSE = {
  services: {
    database: {
      image: 'postgres-base:latest',
      user: 'postgres',
      command: ['sh', '-e', '-c', START],
      environment: { POSTGRES_PASSWORD: '${SHOP_PASSWORD:-in no lock}' },
      ports: ['127.0.0.1:15432:5432'],
      tmpfs: ['/data:mode=1777'],
      healthcheck: {
        test: ['CMD', 'pg_isready', '--host=127.0.0.1', '--username=shop', '--dbname=postgres'],
        interval: '1s',
        retries: 60,
      },
    },
  },
};
const FILES = {
  'nx.json': JSON.stringify({
    neverConnectToCloud: true,
    plugins: [
      {
        plugin: '@wheelhouse/build',
        options: { python: '/usr/bin/python3', test: { services: ['database'] } },
      },
    ],
  }),
  'package.json': '{ "name": "postgres", "private": true }\n',
  // JSON is YAML.
  'app/compose.yaml': JSON.stringify(COMPOSE, null, 2),
  'app/pyproject.toml': `[build-system]
requires = ["flit_core >=3.9,<4"]
build-backend = "flit_core.buildapi"

[project]
name = "ledger"
version = "1.0.0"
description = "Keeps books in a database"
requires-python = ">=3.10"
dependencies = ["pg8000 >=1.31"]

[dependency-groups]
test = ["pytest >=8"]
`,
  'app/ledger/__init__.py': `"""Keeps books in a database."""

import pg8000.native


def connect(host, port, password):
    return pg8000.native.Connection("shop", host=host, port=port, password=password, database="postgres")
`,
  'app/tests/test_ledger.py': `import os

import pg8000.exceptions
import pytest
from ledger import connect

PORT = int(os.environ["DATABASE_PORT"])


def test_entries_are_kept_and_taken_back():
    books = connect("database", PORT, "in no lock")
    books.run("CREATE TABLE entry (id serial PRIMARY KEY, amount numeric NOT NULL CHECK (amount <> 0), note text)")
    for amount, note in [(12, "in"), (-5, "zur\\u00fcck")]:
        books.run("INSERT INTO entry (amount, note) VALUES (:amount, :note)", amount=amount, note=note)
    assert books.run("SELECT sum(amount) FROM entry") == [[7]]
    assert books.run("SELECT note FROM entry ORDER BY id") == [["in"], ["zur\\u00fcck"]]
    books.run("START TRANSACTION")
    with pytest.raises(pg8000.exceptions.DatabaseError):
        books.run("INSERT INTO entry (amount) VALUES (0)")
    books.run("ROLLBACK")
    assert books.run("SELECT count(*) FROM entry") == [[2]]
    books.close()


def test_connections_are_many_at_once():
    connections = [connect(os.environ["DATABASE_HOST"], PORT, "in no lock") for _ in range(20)]
    large = "x" * 2_000_000
    assert [each.run("SELECT length(:text)", text=large) for each in connections] == [[[2_000_000]]] * 20
    for each in connections:
        each.close()


def test_the_password_is_asked_for():
    with pytest.raises(pg8000.exceptions.DatabaseError):
        connect("database", PORT, "wrong")
`,
};

let directory: string;
let engine: DockerEngine;
let workspace: Workspace;

async function wheelhouse(...words: readonly string[]): Promise<Ended> {
  return await workspace.wheelhouse(words, { environment: engine.environment });
}

beforeAll(async () => {
  const base = await baseImage('postgresql', ['postgresql']);
  directory = mkdtempSync(join(tmpdir(), 'wheelhouse-postgres-'));
  chmodSync(directory, 0o755);
  engine = await DockerEngine.start();
  await engine.docker('load', '--input', base.archive);
  await engine.docker('tag', base.id, 'postgres-base:latest');
  const source = join(directory, 'source');
  for (const [name, text] of Object.entries(FILES)) {
    mkdirSync(dirname(join(source, name)), { recursive: true });
    writeFileSync(join(source, name), text);
  }
  workspace = new Workspace({ base: directory, source, parts: ['app', 'nx.json', 'package.json'] });
  const locked = await wheelhouse('lock', 'ledger');
  if (locked.exitCode !== 0) throw new Error(locked.stderr);
}, 900_000);

afterAll(async () => {
  await engine.stop();
  removeTree(directory);
});

afterEach(async () => {
  // Whatever came of a run, nothing of it is left.
  expect(await engine.docker('ps', '--all', '--quiet')).toBe('');
  expect(await engine.docker('network', 'ls', '--quiet', '--filter', 'name=wheelhouse-')).toBe('');
  expect(await engine.docker('volume', 'ls', '--quiet')).toBe('');
});

test('tests keep books in a real PostgreSQL, through the driver that is locked', async () => {
  const { exitCode, stdout, stderr } = await wheelhouse('test', 'ledger');
  expect([exitCode, stderr]).toEqual([0, '']);
  expect(stdout).toContain('service: starting `database` from `postgres-base:latest`');
  expect(stdout).toContain('tests: 3 passed, 0 failed, 0 skipped');
  expect(workspace.read('app/locks/runtime.txt')).toMatch(/^pg8000==/m);
  expect(JSON.parse(workspace.read('reports/app/record.json'))).toMatchObject({ passed: 3, hermetic: false });
});

test('a database that does not start is an error with what it printed', async () => {
  workspace.edit('app/compose.yaml', '-c fsync=off', '-c fsync=perhaps');
  try {
    const { exitCode, stderr } = await wheelhouse('test', 'ledger');
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^the service `database` of `postgres-base:latest` exited with code 1\n/);
    expect(stderr).toContain('"fsync" requires a Boolean value');
  } finally {
    workspace.restore();
  }
});
