import { logger } from '@nx/devkit';

/** What generators print during a test, which is not shown. */
export interface Heard {
  /** All of it since the test began, or since {@link forget}. */
  (): string;
  forget(): void;
}

/** Listens to generators in each test of a file. */
export function heard(): Heard {
  let said = '';
  const forget = (): void => {
    said = '';
  };
  beforeEach(() => {
    forget();
    jest.spyOn(logger, 'info').mockImplementation((text: unknown) => {
      said += String(text);
    });
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });
  return Object.assign(() => said, { forget });
}
