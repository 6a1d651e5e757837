import type { Element } from '@wheelhouse/element';
import type { ArtifactRecord, BuildSession } from '@wheelhouse/element/internal';

/** Where an element stands: its artifact is there; its build is known to fail; it can be built; it waits for others. */
export type ElementState = 'cached' | 'failed' | 'buildable' | 'waiting';

/** The states of a session's elements, each record looked up once. */
export class ElementStates {
  private readonly records = new Map<Element, Promise<ArtifactRecord | undefined>>();

  constructor(
    private readonly session: BuildSession,
    private readonly artifacts: {
      get(key: ReturnType<BuildSession['keys']['key']>): Promise<ArtifactRecord | undefined>;
    },
  ) {}

  async of(element: Element): Promise<ElementState> {
    const record = await this.recordOf(element);
    if (record !== undefined) return record.exitCode === 0 ? 'cached' : 'failed';
    for (const dependency of element.closure('build')) {
      if ((await this.recordOf(dependency))?.exitCode !== 0) return 'waiting';
    }
    return 'buildable';
  }

  private recordOf(element: Element): Promise<ArtifactRecord | undefined> {
    const known = this.records.get(element) ?? this.artifacts.get(this.session.keys.key(element));
    this.records.set(element, known);
    return known;
  }
}
