/**
 * Puts the modules of a package into one file, `bundle/modules.cjs`: finding and reading two hundred files is most of
 * what starting takes. Its dependencies stay outside. A module runs when it is first asked for, as it would from a file
 * of its own, and still finds what is beside it in `dist`.
 *
 * What a package is entered by (`exports`, executors, generators, programs) is a small file in `bundle` each.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, posix, relative } from 'node:path';

const MODULES = 'modules.cjs';

/** What names entries: `exports` of package.json, and the files that say where Nx finds executors and generators. */
const NAMING = ['package.json', 'executors.json', 'generators.json'];

/** The entries of a package: paths without an extension, relative to `bundle` as to `dist`. */
function entriesOf(packageDirectory) {
  const bin = join(packageDirectory, 'bin');
  const files = [...NAMING, ...(existsSync(bin) ? readdirSync(bin).map((name) => join('bin', name)) : [])];
  const texts = files.map((name) => join(packageDirectory, name)).filter((file) => existsSync(file));
  const named = texts.flatMap((file) => [
    ...readFileSync(file, 'utf8').matchAll(/['"]\.{1,2}\/bundle\/([\w./-]+?)(?:\.js)?[#'"]/g),
  ]);
  return [...new Set(named.map(([, entry]) => entry))].sort();
}

/** Compiled modules read data from where they are, so in the bundle they are told where they lay. */
function withPlaces(dist, { late }) {
  return {
    name: 'places',
    setup({ onLoad }) {
      onLoad({ filter: /\.js$/ }, ({ path }) => {
        const compiled = readFileSync(path, 'utf8');
        const text = late.includes(path) ? withLateModules(compiled) : compiled;
        if (!/\b__(dir|file)name\b/.test(text)) return { contents: text, loader: 'js' };
        const directory = JSON.stringify(posix.join('..', 'dist', relative(dist, dirname(path))));
        const places = [
          `const __dirname = require("node:path").join(__bundle, ${directory});`,
          `const __filename = require("node:path").join(__dirname, ${JSON.stringify(basename(path))});`,
        ];
        return { contents: `${places.join(' ')}\n${text}`, loader: 'js' };
      });
    },
  };
}

/** What Nx looks for in a plugin. It takes a copy of the plugin's enumerable names, so these alone are enumerable. */
export const HOOKS = /^(?:name|create(?:Nodes|NodesV2|Dependencies|Metadata)|(?:pre|post)TasksExecution)$/;

/**
 * An entry that only passes on what other modules export, made to load each of them when one of its names is asked for.
 * For packages of which `sideEffects` in package.json says that nobody can tell when a module is loaded.
 */
function withLateModules(text) {
  const modules = new Map();
  const rest = text.replace(/^var (\w+) = (require\("[^"]+"\));\n/gm, (_line, name, call) => {
    modules.set(name, call);
    return '';
  });
  return rest.replace(
    /^Object\.defineProperty\(exports, "(\w+)", \{ enumerable: true, get: function \(\) \{ return (\w+)\.(\w+); \} \}\);$/gm,
    (_line, exported, module, name) =>
      `Object.defineProperty(exports, "${exported}", { enumerable: ${HOOKS.test(exported)}, get: function () { return ${modules.get(module)}.${name}; } });`,
  );
}

/**
 * A `require` that finds a module once. Every module in a bundle requires others by their names, and Node resolves a name
 * anew for each bundle that was not the first to load it: a hundred times in one build.
 */
const once = (find) => {
  const found = new Map();
  const require = (name) => {
    if (!found.has(name)) found.set(name, find(name));
    return found.get(name);
  };
  return Object.assign(require, find);
};

/** Bundles what was compiled into a package's `dist`. @returns whether the package is one that is bundled */
export async function bundle(packageDirectory) {
  const [dist, out] = [join(packageDirectory, 'dist'), join(packageDirectory, 'bundle')];
  const entries = entriesOf(packageDirectory);
  if (entries.length === 0) return false;
  const { sideEffects } = JSON.parse(readFileSync(join(packageDirectory, 'package.json'), 'utf8'));
  // Programs that install it first import this file before they do.
  const { build } = await import('esbuild');
  const table = entries.map((entry) => `  ${JSON.stringify(entry)}: () => require("./${entry}.js"),\n`);
  const { outputFiles } = await build({
    stdin: { contents: `module.exports = {\n${table.join('')}};\n`, resolveDir: dist, sourcefile: 'entries.js' },
    bundle: true,
    packages: 'external',
    plugins: [
      withPlaces(dist, { late: sideEffects === false ? entries.map((entry) => join(dist, `${entry}.js`)) : [] }),
    ],
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    // An `import()` is a `require` that is late: the loader of ES modules takes longer to come up than what it loads.
    supported: { 'dynamic-import': false },
    banner: { js: `"use strict";\nconst __bundle = __dirname;\nrequire = (${once})(require);` },
    write: false,
  });
  const [{ text }] = outputFiles;
  writeChanged(join(out, MODULES), text);
  for (const entry of entries) writeChanged(join(out, `${entry}.js`), entryText(entry, join(dist, `${entry}.js`)));
  const expected = new Set([MODULES, ...entries.map((entry) => `${entry}.js`)]);
  const found = readdirSync(out, { recursive: true, withFileTypes: true }).filter((each) => each.isFile());
  for (const { parentPath, name } of found) {
    const file = join(parentPath, name);
    if (!expected.has(relative(out, file))) rmSync(file);
  }
  return true;
}

/**
 * The names are said where nothing runs: by these an ES module knows what it may import of a CommonJS one. Names with
 * values would not do: Node's lexer of CommonJS modules reads up to the first value that is no name.
 */
function entryText(entry, compiled) {
  const modules = posix.join(posix.relative(posix.dirname(entry), '.') || '.', MODULES);
  const exported = /^(?:Object\.defineProperty\(exports, "|exports\.)(\w+)/gm;
  const all = new Set([...readFileSync(compiled, 'utf8').matchAll(exported)].map(([, name]) => name));
  // `default` is what is exported as a whole, and no name that can be said here.
  const names = [...all].filter((name) => name !== 'default');
  return [
    `module.exports = require(${JSON.stringify(modules.startsWith('.') ? modules : `./${modules}`)})[${JSON.stringify(entry)}]();`,
    `0 && (module.exports = { ${names.join(', ')} });`,
    '',
  ].join('\n');
}

function writeChanged(file, text) {
  if (existsSync(file) && readFileSync(file, 'utf8') === text) return;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
