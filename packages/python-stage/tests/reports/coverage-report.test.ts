import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { captureTree, MemoryBlobStore } from '@wheelhouse/element/internal';
import { temporaryDirectory } from '@wheelhouse/python/testing';
import { mapCoverage } from '../../src/reports/coverage-report.js';

const SITE = 'venv/lib/python3.11/site-packages';

function write(directory: string, files: Readonly<Record<string, string>>): string {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text);
  }
  return directory;
}

function report(sources: readonly string[], files: readonly string[]): string {
  const classes = files.map((file) => `<class name="x" filename="${file}" line-rate="0.5"><lines/></class>`);
  return (
    '<?xml version="1.0" ?>\n<coverage version="7" lines-valid="2"><!-- by coverage.py -->' +
    `<sources>${sources.map((each) => `<source>${each}</source>`).join('')}</sources>` +
    `<packages><package name="."><classes>${classes.join('')}</classes></package></packages></coverage>`
  );
}

test('installed files become those of the projects they were made from, and tests those of the project', async () => {
  const blobs = new MemoryBlobStore();
  const app = write(temporaryDirectory(), {
    'src/app/__init__.py': 'APP = 1\n',
    'src/app/generated.py': 'OLD = 1\n',
    'tests/test_app.py': '',
    'copies/app/__init__.py': 'OTHER = 1\n',
  });
  const lib = write(temporaryDirectory(), { 'lib/__init__.py': 'LIB = 1\n' });
  const root = write(temporaryDirectory(), {
    [`${SITE}/app/__init__.py`]: 'APP = 1\n',
    [`${SITE}/app/generated.py`]: 'NEW = 1\n',
    [`${SITE}/lib/__init__.py`]: 'LIB = 1\n',
  });
  const text = await mapCoverage({
    blobs,
    text: report(
      [`/${SITE}`, '/application'],
      ['app/__init__.py', 'app/generated.py', `/${SITE}/lib/__init__.py`, 'tests/test_app.py'],
    ),
    installed: await captureTree(blobs, root, { label: 'installed' }),
    buildRoot: '/application',
    projects: [
      { root: 'apps/app', directory: app },
      { root: 'libs/lib', directory: lib },
    ],
  });
  expect(text).toBe(
    `${report(
      ['.'],
      [
        'apps/app/src/app/__init__.py',
        `/${SITE}/app/generated.py`,
        'libs/lib/lib/__init__.py',
        'apps/app/tests/test_app.py',
      ],
    ).replace('<?xml version="1.0" ?>', '<?xml version="1.0" encoding="utf-8"?>')}\n`,
  );
});
