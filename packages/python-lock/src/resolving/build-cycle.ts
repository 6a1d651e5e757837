import { ElementError } from '@wheelhouse/element';

/** The build of a distribution that needs itself; what has a wheel on the way breaks it. */
export class BuildCycle extends ElementError {
  /** What needs itself, as `name==version`. */
  readonly start: string;

  /** @param path the builds that led to one another, the one that needs itself first and last */
  constructor(path: readonly string[]) {
    const [start = ''] = path;
    super({
      code: 'RESOLUTION',
      message: `the build of \`${start}\` needs itself: \`${path.join('` -> `')}\``,
      hint: 'a wheel on an index would break the cycle',
    });
    this.start = start;
  }
}
