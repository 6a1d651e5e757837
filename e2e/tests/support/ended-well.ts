import type { Ended } from './users.js';

declare global {
  // eslint-disable-next-line @typescript-eslint/no-namespace -- jest's matchers are declared in one
  namespace jest {
    interface Matchers<R> {
      /** The program's exit code is 0; if it is not, what the program wrote is told. */
      toHaveEndedWell(): R;
    }
  }
}

expect.extend({
  toHaveEndedWell: ({ exitCode, stdout = '', stderr = '' }: Partial<Ended>) => ({
    pass: exitCode === 0,
    message: () => `the program ended with ${String(exitCode)}:\n${stdout}\n${stderr}`,
  }),
});
