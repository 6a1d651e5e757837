/** The pages of executors and generators, from their schemas. */
import { madeBy, table, typeOf } from './page.mjs';
import { optionSchemas } from '../option-types.mjs';

function row([name, option], required) {
  const usual = option.default === undefined ? '' : ` Default: \`${JSON.stringify(option.default)}\`.`;
  const must = required.includes(name) ? ' Required.' : '';
  return [`\`${name}\``, typeOf(option), `${option.description}${usual}${must}`];
}

function section({ packageName, name, schema }) {
  const { description, examples = [], properties, required = [] } = schema;
  const options = Object.entries(properties).filter(([, option]) => option['x-priority'] !== 'internal');
  const rows = options.map((option) => row(option, required));
  const commands = examples.map((example) => `${example.description}:\n\n\`\`\`sh\n${example.command}\n\`\`\``);
  return [
    `## \`@wheelhouse/${packageName}:${name}\``,
    description,
    rows.length === 0 ? 'It has no options.' : table(['option', 'value', 'what it does'], rows),
    ...commands,
  ].join('\n\n');
}

function page(kind, title, introduction) {
  const all = optionSchemas().filter((each) => each.kind === kind);
  return [`# ${title}`, madeBy('their schemas'), introduction, ...all.map(section)].join('\n\n');
}

/** The page of all executors. */
export function executors() {
  return page(
    'executor',
    'Executors',
    'The targets that Wheelhouse infers run these. Options stand in `project.json`, in `targetDefaults` of `nx.json`, or on the command line; an option that does not exist and a value that is not allowed are errors.',
  );
}

/** The page of all generators. */
export function generators() {
  return page('generator', 'Generators', 'Each runs as `nx g` and its name. Sync generators run as `nx sync`.');
}
