import { Spec, Validation } from '@cyclonedx/cyclonedx-library';
import { overridesOf } from '@wheelhouse/python/lockfile';
import {
  closureOf,
  sbomText,
  type Closure,
  type LicenceFields,
  type WheelDescription,
} from '@wheelhouse/python-stage/wheelhouse';
import { LINUX } from '../testing/wheelhouse.js';

function wheel(
  name: string,
  more: Partial<Omit<WheelDescription, 'licence'>> & { readonly licence?: Partial<LicenceFields> } = {},
): WheelDescription {
  const version = more.version ?? '1.0';
  return {
    file: `${name}-${version}-py3-none-any.whl`,
    sha256: 'a'.repeat(64),
    name,
    normalizedName: name.toLowerCase(),
    requiresDist: [],
    ...more,
    version,
    licence: { classifiers: [], ...more.licence },
  };
}

function sbom(...wheels: readonly WheelDescription[]): string {
  return sbomText({ wheels, project: wheels[0]?.normalizedName ?? '', markers: LINUX, version: '1.2.3' });
}

interface Bom {
  readonly serialNumber: string;
  readonly metadata: { readonly component: Component; readonly tools: unknown };
  readonly components: readonly Component[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn?: readonly string[] }[];
}

interface Component {
  readonly name: string;
  readonly purl: string;
  readonly hashes: unknown;
  readonly licenses?: unknown;
}

function parse(text: string): Bom {
  return JSON.parse(text) as Bom;
}

const APP = wheel('app', {
  requiresDist: ['Web[fast]>=1', 'only-on-windows; sys_platform == "win32"', 'web ; extra == "never"'],
  licence: { expression: 'MIT OR Apache-2.0' },
  summary: 'An "application" <of> sorts',
});
const WEB = wheel('Web', { version: '1.5+local.1', requiresDist: ['speed; extra == "fast"', 'slow; extra == "slow"'] });
const SPEED = wheel('speed', { requiresDist: ['web'] });

describe('a bill of materials', () => {
  it('is valid by the official schema of CycloneDX 1.6', async () => {
    const validator = new Validation.JsonStrictValidator(Spec.Version.v1dot6);
    const named = wheel('named', { licence: { classifiers: ['License :: OSI Approved :: BSD License'] } });
    expect(await validator.validate(sbom(APP, WEB, SPEED, named))).toBeNull();
    expect(await validator.validate(sbom(APP).replace('"MIT OR Apache-2.0"', '3'))).not.toBeNull();
  }, 60_000);

  it('names each wheel by package URL and digest, and the project as what it is about', () => {
    const { metadata, components } = parse(sbom(APP, WEB, SPEED));
    expect(metadata).toMatchObject({
      component: { type: 'application', name: 'app', version: '1.0', purl: 'pkg:pypi/app@1.0' },
      tools: { components: [{ type: 'application', name: 'wheelhouse', version: '1.2.3' }] },
    });
    expect(components.map(({ name, purl }) => [name, purl])).toEqual([
      ['speed', 'pkg:pypi/speed@1.0'],
      ['Web', 'pkg:pypi/web@1.5+local.1'],
    ]);
    expect(components[0]?.hashes).toEqual([{ alg: 'SHA-256', content: 'a'.repeat(64) }]);
  });

  it('says who needs whom where the markers of the target hold, extras that are asked for included', () => {
    const { dependencies } = parse(sbom(APP, WEB, SPEED, wheel('slow')));
    expect(dependencies).toEqual([
      { ref: 'pkg:pypi/app@1.0', dependsOn: ['pkg:pypi/web@1.5+local.1'] },
      { ref: 'pkg:pypi/slow@1.0' },
      { ref: 'pkg:pypi/speed@1.0', dependsOn: ['pkg:pypi/web@1.5+local.1'] },
      { ref: 'pkg:pypi/web@1.5+local.1', dependsOn: ['pkg:pypi/speed@1.0'] },
    ]);
  });

  it('is the same text for the same wheels, and has another serial number for others', () => {
    expect(sbom(APP, SPEED, WEB)).toBe(sbom(APP, WEB, SPEED));
    const other = sbom(APP, WEB, { ...SPEED, sha256: 'b'.repeat(64) });
    expect(parse(other).serialNumber).toMatch(
      /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );
    expect(parse(other).serialNumber).not.toBe(parse(sbom(APP, WEB, SPEED)).serialNumber);
    expect(sbom(APP)).not.toContain('timestamp');
  });

  it.each<[string, Partial<LicenceFields>, unknown]>([
    ['an expression', { expression: 'MIT OR Apache-2.0' }, [{ expression: 'MIT OR Apache-2.0' }]],
    ['an identifier, over what is older', { expression: 'mit', text: 'BSD' }, [{ license: { id: 'MIT' } }]],
    ['an expression that is none', { expression: 'Mine, All Mine' }, [{ license: { name: 'Mine, All Mine' } }]],
    [
      'classifiers, each once',
      {
        classifiers: [
          'License :: OSI Approved',
          'License :: OSI Approved :: MIT License',
          'License :: OSI Approved :: BSD License',
          'License :: OSI Approved :: MIT License',
        ],
        text: 'see LICENSE',
      },
      [{ license: { name: 'BSD License' } }, { license: { id: 'MIT' } }],
    ],
    ['the old field', { text: 'BSD-3-Clause' }, [{ license: { id: 'BSD-3-Clause' } }]],
    ['a whole text in it', { text: 'x'.repeat(200) }, [{ license: { name: `${'x'.repeat(100)}…` } }]],
    ['nothing', {}, undefined],
  ])('knows a licence from %s', (_what, licence, expected) => {
    const declared = (found: unknown): unknown =>
      JSON.parse(JSON.stringify(found ?? null).replaceAll('"acknowledgement":"declared"', '"x":0')) as unknown;
    const { licenses } = parse(sbom(wheel('app', { licence }))).metadata.component;
    const wanted = (expected as readonly Record<string, unknown>[] | undefined)?.map((item) =>
      'expression' in item ? { ...item, x: 0 } : { license: { ...(item.license as object), x: 0 } },
    );
    expect(declared(licenses)).toEqual(wanted ?? null);
  });
});

describe('crates', () => {
  const itoa = { name: 'itoa', version: '1.0.11', checksum: `sha256:${'c'.repeat(64)}` };
  const own = { ...itoa, name: 'own_crate', registry: 'sparse+https://user:secret@crates.example/index/' };
  const text = sbomText({
    wheels: [APP, WEB, SPEED],
    project: 'app',
    markers: LINUX,
    version: '1.2.3',
    crates: new Map([
      ['speed', [own, itoa]],
      ['app', [itoa]],
    ]),
  });

  it('are components with their checksums, which the wheels that hold them need', () => {
    const { components, dependencies } = parse(text);
    expect(components.slice(2)).toEqual([
      {
        type: 'library',
        name: 'itoa',
        version: '1.0.11',
        'bom-ref': 'pkg:cargo/itoa@1.0.11',
        purl: 'pkg:cargo/itoa@1.0.11',
        hashes: [{ alg: 'SHA-256', content: 'c'.repeat(64) }],
      },
      expect.objectContaining({
        name: 'own_crate',
        purl: 'pkg:cargo/own_crate@1.0.11?repository_url=https%3A%2F%2Fcrates.example%2Findex%2F',
      }),
    ]);
    expect(dependencies.find(({ ref }) => ref === 'pkg:pypi/app@1.0')?.dependsOn).toEqual([
      'pkg:pypi/web@1.5+local.1',
      'pkg:cargo/itoa@1.0.11',
    ]);
    expect(text).not.toContain('secret');
  });

  it('are valid by the official schema', async () => {
    expect(await new Validation.JsonStrictValidator(Spec.Version.v1dot6).validate(text)).toBeNull();
  }, 60_000);
});

describe('what an installation needs', () => {
  it('is missed if there is no wheel for it, or one of another version, or it is not a requirement', () => {
    const app = wheel('app', { requiresDist: ['web>=2', 'gone', 'web>=1', '!!!'] });
    expect(closureOf([app, WEB, SPEED], ['app'], LINUX).unmet).toEqual([
      { file: app.file, requirement: 'web>=2', version: '1.5+local.1' },
      { file: app.file, requirement: 'gone' },
      { file: app.file, requirement: '!!!', unreadable: true },
    ]);
  });

  it('is what overrides make of it: of another version, without an extra, a marker, or altogether', () => {
    const app = wheel('app', { requiresDist: ['web[slow]>=2', 'speed ; sys_platform == "win32"', 'gone'] });
    const web = wheel('Web', { version: '1.5', requiresDist: ['lazy; extra == "slow"', 'fast; extra == "quick"'] });
    const closure = (overrides: readonly string[]): Closure => {
      const settings = [`override-dependencies = ${JSON.stringify(overrides)}`];
      return closureOf([app, web, wheel('speed')], ['app'], LINUX, overridesOf({ settings }));
    };
    const { unmet, reached } = closure(['web==1.5', 'speed==1.0', "gone ; sys_platform == 'never'", 'fast==3']);
    expect(unmet).toEqual([]);
    expect([...reached].sort()).toEqual(['app', 'speed', 'web']);
    expect(closure(["gone ; sys_platform == 'never'", 'web[quick]==1.5', 'fast==3']).unmet).toEqual([
      { file: web.file, requirement: 'fast==3 ; extra == "quick"' },
    ]);
    expect(closure(['web==2']).unmet).toContainEqual({ file: app.file, requirement: 'web==2', version: '1.5' });
  });
});
