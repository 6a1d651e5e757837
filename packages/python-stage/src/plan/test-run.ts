import { randomUUID } from 'node:crypto';
import { posix } from 'node:path';
import { ElementError } from '@wheelhouse/element';
import { projectSubdirectory } from '@wheelhouse/python/internal';
import { select } from '@wheelhouse/python/lockfile';
import type { PlanValue } from './planned-element.js';
import type { PlannedProject } from './planned-project.js';
import { TEST_RUNNERS, type TestRunner } from '../elements/python-test.js';
import { servicesCommand, servicesEnvironment } from './services-overlay.js';
import type { RunningServices } from '../services/with-services.js';

/** How tests are run, if it differs from the defaults (docs/adr/0032). */
export interface TestOptions {
  /** Default: `command` if there is one, else pytest where the test lock has it, else unittest. */
  readonly runner?: TestRunner | undefined;
  /** What the runner `command` runs, as shell text. */
  readonly command?: string | undefined;
  /** What the runner is given beside its own options: shell text, or words. Such a run is a partial one. */
  readonly args?: string | readonly string[] | undefined;
  /** Lets the runner write snapshot files, which are then taken back into the project. */
  readonly updateSnapshots?: boolean | undefined;
  /** What makes the runner write snapshot files, where the test lock does not say it, as shell text. */
  readonly updateSnapshotsArgs?: string | undefined;
  /** Services of the project's compose file that the tests reach. */
  readonly services?: readonly string[] | undefined;
  /** The compose file, relative to the project. */
  readonly composeFile?: string | undefined;
}

/** What {@link testRun} decided. */
export interface TestRun {
  /** Whether it is of all tests and changes nothing: only then it is on record. */
  readonly whole: boolean;
  /** What is put over the template of the element. */
  readonly overlay: {
    readonly variables: Readonly<Record<string, string>>;
    readonly environment?: Readonly<Record<string, string>>;
    readonly config: Readonly<Record<string, PlanValue>>;
  };
  /** The services that run beside the tests. */
  readonly services?: RunningServices | undefined;
}

/** Distributions that keep snapshots of what tests see, and what makes them write these. */
const SNAPSHOT_TOOLS: Readonly<Record<string, string>> = {
  syrupy: '--snapshot-update',
  'pytest-snapshot': '--snapshot-update',
  snapshottest: '--snapshot-update',
  'inline-snapshot': '--inline-snapshot=create,fix',
};

/** How the tests of a project are run. @throws ElementError TEST_OPTIONS if the options cannot be followed */
export function testRun(project: PlannedProject, options: TestOptions = {}, services?: RunningServices): TestRun {
  const { metadata } = project;
  const locked = new Set(select(project.locks.test, project.interpreter.markers).map((entry) => entry.normalizedName));
  const runner = runnerOf(project, options, locked);
  const update = options.updateSnapshots === true ? updateArguments(project, options, locked) : '';
  const packages = project.tests?.packages ?? [];
  const commands = [
    ...(packages.length === 0
      ? []
      : [`%{python} -s -B %{runners}/link_packages.py ${[metadata.name, ...packages].map(shellWord).join(' ')}`]),
    ...(services === undefined ? [] : [servicesCommand(services)]),
  ];
  const words = [shellText(options.args), update].filter((text) => text !== '').join(' ');
  return {
    whole: words === '' && options.updateSnapshots !== true,
    overlay: {
      variables: {
        'test-options': runnerOptions(runner, metadata.name, locked),
        'test-arguments': words,
        'test-name': shellWord(metadata.name),
        ...(options.command === undefined ? {} : { 'test-command': shellWord(options.command) }),
      },
      environment: {
        // What is written back is always what this very run wrote.
        ...(options.updateSnapshots === true ? { WHEELHOUSE_RUN: randomUUID() } : {}),
        ...(packages.length === 0 ? {} : { PYTHONPATH: importPath(project, packages) }),
        ...(services === undefined ? {} : servicesEnvironment(services)),
      },
      config: {
        runner,
        ...(options.updateSnapshots === true ? { 'keep-sources': 'true' } : {}),
        ...(commands.length === 0 ? {} : { 'configure-commands': { '(>)': commands } }),
      },
    },
    services,
  };
}

function runnerOf({ locks, metadata }: PlannedProject, options: TestOptions, locked: ReadonlySet<string>): TestRunner {
  const { runner, command } = options;
  if (runner !== undefined && !TEST_RUNNERS.includes(runner)) {
    const known = TEST_RUNNERS.map((each) => `\`${each}\``).join(', ');
    throw refusal(metadata.name, `unknown runner \`${runner}\``, `the runners are ${known}`);
  }
  const chosen = runner ?? (command !== undefined ? 'command' : locked.has('pytest') ? 'pytest' : 'unittest');
  if (chosen === 'command' && (command ?? '').trim() === '') {
    throw refusal(metadata.name, 'the runner `command` has no command', 'set it with the option `command`');
  }
  if (chosen !== 'command' && command !== undefined) {
    throw refusal(
      metadata.name,
      `the runner \`${chosen}\` does not take a command: \`${command}\``,
      'remove one of them',
    );
  }
  if (chosen === 'pytest' && !locked.has('pytest')) {
    throw refusal(
      metadata.name,
      `the runner is \`pytest\`, but \`${locks.test.file}\` does not contain it`,
      'add pytest to the requirements of the tests and lock again',
    );
  }
  return chosen;
}

/** The options that make reports. */
function runnerOptions(runner: TestRunner, distribution: string, locked: ReadonlySet<string>): string {
  switch (runner) {
    case 'pytest':
      if (!locked.has('pytest-cov')) return '';
      return `$(%{python} -s -B %{runners}/coverage_options.py ${shellWord(distribution)}) --cov-report=xml:%{reports}/coverage.xml`;
    case 'unittest':
      return locked.has('coverage') ? `--coverage %{reports}/coverage.xml ${shellWord(distribution)}` : '';
    case 'command':
      return '';
    default: {
      const unknown: never = runner;
      throw new Error(`no such runner: ${String(unknown)}`);
    }
  }
}

/** Where packages are imported from that tests are in: their tests, and with them all of what the wheel installs. */
function importPath(project: PlannedProject, packages: readonly string[]): string {
  const at = posix.join('%{build-root}', projectSubdirectory(project));
  return [...new Set(packages.map((path) => posix.join(at, posix.dirname(path)).replace(/\/$/, '')))].join(':');
}

function updateArguments(
  { locks, metadata }: PlannedProject,
  options: TestOptions,
  locked: ReadonlySet<string>,
): string {
  const given = shellText(options.updateSnapshotsArgs);
  if (given !== '') return given;
  // A command may write snapshots without being told to, as programs that keep approved files do.
  if (options.updateSnapshotsArgs !== undefined || options.command !== undefined) return '';
  const tool = Object.keys(SNAPSHOT_TOOLS).find((name) => locked.has(name));
  if (tool !== undefined) return SNAPSHOT_TOOLS[tool] ?? '';
  const known = Object.keys(SNAPSHOT_TOOLS).map((name) => `\`${name}\``);
  throw refusal(
    metadata.name,
    `\`${locks.test.file}\` contains no known package for snapshot files: ${known.join(', ')}`,
    'set the option `updateSnapshotsArgs` to the arguments that make the runner write them',
  );
}

function refusal(project: string, message: string, hint: string): ElementError {
  return new ElementError({ code: 'TEST_OPTIONS', message: `the tests of \`${project}\`: ${message}`, hint });
}

function shellText(value: string | readonly string[] | undefined): string {
  return typeof value === 'string' ? value.trim() : (value ?? []).map(shellWord).join(' ');
}

/** One word of a shell's, and no variable of an element. */
function shellWord(text: string): string {
  if (/^[\w@%+=:,./-]+$/.test(text)) return text;
  return `'${text.replaceAll("'", `'\\''`).replaceAll('%{', "%''{")}'`;
}
