/** `wheelhouse-cache`, from the sources. */
import { main } from '../../src/cli/main.js';

process.exitCode = 70;
void main(process.argv.slice(2), {
  cwd: process.cwd(),
  environment: process.env,
  output: process.stdout,
  errorOutput: process.stderr,
  process,
}).then((exitCode) => {
  process.exitCode = exitCode;
});
