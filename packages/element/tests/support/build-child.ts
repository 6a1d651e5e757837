import { testProject } from './session.js';

/** A process of its own that builds elements of a project: `build-child.ts <root> <store> <element>...`. */
async function main([root = '', store = '', ...targets]: readonly string[]): Promise<void> {
  const outcomes = await testProject(root, store).build(targets);
  process.stdout.write(`${JSON.stringify(outcomes)}\n`);
}

void main(process.argv.slice(2));
