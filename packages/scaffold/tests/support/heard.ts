import { logger } from '@nx/devkit';

/** What generators say during a test, which nobody else hears. @returns all of it so far */
export function heard(): () => string {
  let said = '';
  beforeEach(() => {
    said = '';
    jest.spyOn(logger, 'info').mockImplementation((text: unknown) => {
      said += String(text);
    });
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });
  return () => said;
}
