import { appendFileSync } from 'node:fs';

/**
 * Shows a message to the user. The output of hooks that run in Nx's daemon goes to a log that users do not see, so
 * there it is written to the terminal of the process that runs the tasks, if possible.
 *
 * @param pid that process
 */
export function warn(message: string, pid?: number): void {
  const text = `\n wheelhouse-cache  ${message}\n\n`;
  if (pid !== undefined && pid !== process.pid && pid !== process.ppid) {
    try {
      appendFileSync(`/proc/${pid}/fd/2`, text);
      return;
    } catch {
      // Gone, or another system.
    }
  }
  process.stderr.write(text);
}
