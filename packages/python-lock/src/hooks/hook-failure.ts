import { ElementError, type Origin } from '@wheelhouse/element';

/** Whose backend did not answer. */
export interface FailedHook {
  /** The distribution's name. */
  readonly name: string;
  /** Of an sdist; absent if it is a project's own backend. */
  readonly version?: string;
  /** The project whose locks are made: its pyproject.toml is where settings go, and those of uv where it has some. */
  readonly project: { readonly root: string; readonly name: string; readonly uvSettings?: string };
  /** Where the project declares what it is built with. */
  readonly origin?: Origin | undefined;
  /** What the backend wrote. */
  readonly log: string;
  /** What to do, where that is known otherwise. */
  readonly hint?: string | undefined;
}

/** Modules whose distributions are called otherwise. */
const DISTRIBUTIONS: Readonly<Record<string, string>> = {
  yaml: 'pyyaml',
  skbuild: 'scikit-build',
  PIL: 'pillow',
  Cython: 'cython',
  pkg_resources: 'setuptools',
};

/**
 * What to do about a backend that failed while it was asked what it requires. The log itself is shown by the reporter
 * of events; the error has the line that matters.
 */
export function hookFailure(failed: FailedHook): ElementError {
  const whose = failed.version === undefined ? failed.name : `${failed.name} ${failed.version}`;
  const reason = lastError(failed.log);
  return new ElementError({
    code: 'COMMAND_FAILED',
    message: `the build backend of \`${whose}\` failed to report its build requirements${reason === undefined ? '' : `: ${reason}`}`,
    ...(failed.version === undefined ? { origin: failed.origin } : {}),
    hint: failed.hint ?? hintFor(failed),
  });
}

/** The last line that says what went wrong. */
function lastError(log: string): string | undefined {
  const lines = log.split('\n').map((line) => line.trim());
  return lines.findLast((line) => /^(?:[\w.]*(?:Error|Exception|Exit)\b|error:|error in )/i.test(line));
}

function hintFor(failed: FailedHook): string {
  const { log, version, name } = failed;
  const missing = [...log.matchAll(/No module named '([\w.]+)'/g)].at(-1)?.[1]?.split('.')[0];
  if (missing === 'pkg_resources') {
    return `setuptools 82 and later have no \`pkg_resources\`, and 81 warns of it: ${bound('setuptools<81')}`;
  }
  if (missing === 'distutils') {
    return `Python 3.12 and later have no \`distutils\`, setuptools provides it: ${declare(failed, 'setuptools')}`;
  }
  if (missing !== undefined)
    return `the distribution with the module \`${missing}\` is not declared: ${declare(failed, distributionOf(missing))}`;
  if (log.includes('use_2to3 is invalid')) return `setuptools 58 and later do not run 2to3: ${bound('setuptools<58')}`;
  if (/urlopen error|Name or service not known|Temporary failure in name resolution|Network is unreachable/.test(log)) {
    return 'it uses the network while it is built, but builds have none: add what it downloads to its files or its build requirements';
  }
  if (/ImportError: cannot import name|AttributeError: .*(?:module|package)|SetuptoolsDeprecation/.test(log)) {
    const whose = version === undefined ? 'it' : `\`${name}\``;
    return `${whose} may be made for older build tools: ${bound('NAME<VERSION')}`;
  }
  return 'it runs without a network, and only with its build requirements';
}

/** How a build gets what it does not declare. */
function declare({ name, version, project }: FailedHook, distribution: string): string {
  const file = `${project.root === '.' || project.root === '' ? '' : `${project.root}/`}pyproject.toml`;
  if (version === undefined) return `add \`${distribution}\` to \`requires\` of \`[build-system]\` in \`${file}\``;
  const { uvSettings = file } = project;
  const place = /(?:^|\/)uv\.toml$/.test(uvSettings) ? '' : '`[tool.uv]` in ';
  return `add \`extra-build-dependencies = { ${name} = ["${distribution}"] }\` to ${place}\`${uvSettings}\``;
}

function bound(requirement: string): string {
  return `add \`${requirement}\` to a requirements file of the option \`buildConstraints\``;
}

function distributionOf(module: string): string {
  return DISTRIBUTIONS[module] ?? module.replaceAll('_', '-').toLowerCase();
}
