import type { Key } from '@wheelhouse/element';
import { ElementsOfGraph, type BuildSession, type KeyedElements } from '@wheelhouse/element/internal';
import type { TestOptions } from '@wheelhouse/python-stage/internal';
import { isElementName, type CommandSession } from './session.js';
import schema from '../executors/test/schema.json';
import { targetOptions } from '../workspace/declared-options.js';

/** What a user means by a target, opened, and the elements whose keys stand for it. */
export interface KeyedTargets {
  readonly session: BuildSession;
  /** Their keys, by name. */
  readonly targets: ReadonlyMap<string, Key>;
  readonly elements: KeyedElements;
}

/**
 * Opens an element, or the wheel and the tests of a project. Tests with services are left out: their key has the run's
 * own sockets in it.
 *
 * @throws ElementError
 */
export async function keyedTargets(session: CommandSession, target: string): Promise<KeyedTargets> {
  const [opened, names] = await open(session, target);
  const targets = names.map((name) => [name, opened.keys.key(opened.element(name))] as const);
  const elements = new ElementsOfGraph(opened.graph.elements, opened.keys, session.engine.store.blobs);
  return { session: opened, targets: new Map(targets), elements };
}

async function open(session: CommandSession, target: string): Promise<[BuildSession, string[]]> {
  if (isElementName(target)) return [await session.elements([target]), [target]];
  const { openPlanned } = await import('./planned-session.js');
  const operation = await session.operation(target);
  const options: TestOptions = await targetOptions(operation, 'test', schema);
  const { session: opened, wheel, test } = await openPlanned(operation, options);
  return [opened, (options.services ?? []).length > 0 ? [wheel] : [wheel, test]];
}
