import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { installPackages, REPOSITORY, type Installation } from './support/installation.js';
import { operate, type Answer, type OperateInput } from './support/operate.js';
import { removeTree } from './support/remove-tree.js';
import { giveTools } from './support/shared-tools.js';
import { serveIndex, type SimpleIndex } from './support/simple-index.js';

// The company's index asks for a password, and is declared and bound to names in `[tool.uv]`; a stranger's, which the
// user is configured with, has other files of the same name.

const DISTRIBUTIONS = join(REPOSITORY, 'packages', 'python', 'src', 'testing', 'make_distributions.py');
const SECRET = 'not-for-any-file';

let base: string;
let installation: Installation;
let workspace: string;
let company: SimpleIndex;
let stranger: SimpleIndex;

function publish(name: string, requires: readonly string[]): string {
  const directory = join(base, name);
  mkdirSync(directory);
  const made = [{ name: 'acme_core', version: '1.0', format: 'wheel', requires }];
  execFileSync('python3', [DISTRIBUTIONS, directory, JSON.stringify(made)]);
  return directory;
}

function sha256(directory: string): string {
  const file = readFileSync(join(base, directory, 'acme_core-1.0-py3-none-any.whl'));
  return createHash('sha256').update(file).digest('hex');
}

async function run<Result>(operations: OperateInput['operations'], more: NodeJS.ProcessEnv): Promise<Answer<Result>> {
  return await operate<Result>(installation, [], {
    environment: { ...process.env, WHEELHOUSE_CACHE_DIR: join(base, 'store'), ...more },
    input: { workspace, projects: [{ name: 'app', root: 'app' }], operations },
  });
}

beforeAll(async () => {
  base = mkdtempSync(join(tmpdir(), 'wheelhouse-uv-'));
  chmodSync(base, 0o755);
  installation = installPackages(join(base, 'installation'));
  giveTools(join(base, 'store'));
  company = await serveIndex(publish('company', []), `user:${SECRET}`);
  stranger = await serveIndex(publish('stranger', ['nothing']));
  workspace = join(base, 'workspace');
  const files = {
    'nx.json': '{}\n',
    'uv.toml': `extra-index-url = ["${stranger.url}"]\n`,
    'app/app/__init__.py': '',
    'app/pyproject.toml': `[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
[project]
name = "app"
version = "1.0"
requires-python = ">=3.10"
dependencies = ["acme-core"]
[[tool.uv.index]]
name = "company"
url = "${company.url}"
explicit = true
[tool.uv.sources]
acme-core = { index = "company" }
`,
  };
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(workspace, name)), { recursive: true });
    writeFileSync(join(workspace, name), text);
  }
  cpSync(join(__dirname, 'support', 'backend.py'), join(workspace, 'app', 'backend.py'));
}, 120_000);

afterAll(async () => {
  for (const index of [company, stranger]) await index.stop();
  removeTree(base);
});

test('a name is locked and fetched from the index that `[tool.uv.sources]` binds it to, and from no other', async () => {
  const credentials = { UV_INDEX_COMPANY_USERNAME: 'user', UV_INDEX_COMPANY_PASSWORD: SECRET };
  const { results } = await run<{ readonly files?: number }>(
    [
      ['lock', 'app'],
      ['snapshot', 'app'],
    ],
    credentials,
  );
  const lock = readFileSync(join(workspace, 'app', 'locks', 'runtime.txt'), 'utf8');
  expect(lock).toContain(`acme-core==1.0 \\\n    --hash=sha256:${sha256('company')}\n`);
  expect(lock).not.toContain(sha256('stranger'));
  expect(results[1]?.files).toBeGreaterThan(0);
});

test('its password is in no file', () => {
  const found = execFileSync(
    'sh',
    ['-c', 'grep -rlF "$1" "$2" "$3" || true', 'sh', SECRET, workspace, join(base, 'store')],
    {
      encoding: 'utf8',
    },
  );
  expect(found).toBe('');
});
