/**
 * The blocks of commands and of output in the pages that users read. A comment above each block, which is invisible where
 * pages are read, says how it is known to be right:
 *
 *     <!-- run -->                         the end-to-end test runs it in a workspace, in the order of the page
 *     <!-- run in DIRECTORY -->            in that directory of the workspace
 *     <!-- run outside of the workspace -->
 *     <!-- run in the background -->       a server, until the page ends; `outside of the workspace, in the background`
 *     <!-- run by FILE -->                 that test runs these commands, or that page has them in a block that is run
 *     <!-- not run: REASON -->
 *     <!-- output -->                      what the block before it prints, where `...` stands for anything
 *     <!-- output of FILE -->              that test has these words
 *     <!-- files -->                       these files are in the workspace then
 *
 * `node tools/documented-commands.mjs` prints the blocks as JSON.
 */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { isMain, root } from './workspace.mjs';

/** Blocks in other languages are settings and code. */
const languages = ['', 'sh', 'bash', 'shell', 'console', 'text'];

const marks = [
  [/^run$/, () => ({ how: 'run', where: '.' })],
  [/^run in the background$/, () => ({ how: 'background', where: '.' })],
  [/^run outside of the workspace$/, () => ({ how: 'run', where: 'outside' })],
  [/^run outside of the workspace, in the background$/, () => ({ how: 'background', where: 'outside' })],
  [/^run in (\S+)$/, ([, where]) => ({ how: 'run', where })],
  [/^run by (\S+)$/, ([, by]) => ({ how: 'elsewhere', by })],
  [/^not run: (\S+ [\s\S]+)$/, ([, reason]) => ({ how: 'never', reason })],
  [/^output$/, () => ({ how: 'output' })],
  [/^output of (\S+)$/, ([, by]) => ({ how: 'output elsewhere', by })],
  [/^files$/, () => ({ how: 'files' })],
];

/** The pages, as paths relative to the repository. */
export function pages() {
  const directory = (path) => readdirSync(join(root, path)).map((name) => `${path}/${name}`);
  const guide = directory('docs/guide').filter((path) => path.endsWith('.md'));
  const packages = directory('packages').map((path) => `${path}/README.md`);
  return ['README.md', ...guide, ...packages].filter((path) => existsSync(join(root, path)));
}

/**
 * The blocks of a page, in order: `page`, `line` (from 1, of its fence), `text`, and what its mark says: `how`, with
 * `where`, `by` or `reason`. A block without a mark, or with one that is not known, has `how: undefined`.
 */
export function blocksOf(page, markdown = readFileSync(join(root, page), 'utf8')) {
  const fence = /(?:^ *<!--((?:(?!-->)[\s\S])*)-->\n\s*?)?^( *)```(\S*)\n([\s\S]*?)^\2```$/gm;
  return [...markdown.matchAll(fence)]
    .filter(([, , , language]) => languages.includes(language))
    .map((match) => {
      const [whole, mark = '', indent, , body] = match;
      const line = markdown.slice(0, match.index + whole.indexOf('```')).split('\n').length;
      return { page, line, text: body.replaceAll(new RegExp(`^${indent}`, 'gm'), ''), ...readMark(mark) };
    });
}

function readMark(text) {
  const mark = text.trim().replaceAll(/\s+/g, ' ');
  const [pattern, read] = marks.find(([pattern]) => pattern.test(mark)) ?? [];
  return pattern === undefined ? { how: undefined } : read(pattern.exec(mark));
}

/** The command lines of a block: continued lines are one, and comments are left out. */
export function commandsOf(text) {
  return text
    .replaceAll(/ *\\\n\s*/g, ' ')
    .split('\n')
    .map((line) => line.replace(/(^|\s)#.*$/, '').trim())
    .filter((line) => line !== '');
}

/**
 * The words by which a command is found again in a test: its options, without their values, and its subcommands. Of
 * `npx nx run my-app:stage:test --verbose=true` these are `nx`, `run`, `stage`, `test` and `--verbose`.
 */
export function wordsOf(command) {
  const words = command.match(/'[^']*'|"[^"]*"|\S+/g).filter((word) => !['cd', 'npx'].includes(word));
  return words.flatMap((word, index) => {
    if (word.startsWith('-')) return word === '--' ? [] : [word.replace(/=.*$/, '')];
    if (words[index - 1]?.startsWith('--')) return [];
    const target = /^[a-z][\w-]*:([a-z][\w:-]*)$/.exec(word);
    if (target) return target[1].split(':');
    return /^[a-z][a-z-]*$/.test(word) ? [word] : [];
  });
}

/** Whether a text has a word, not as a part of another one. */
const hasWord = (text, word) => new RegExp(`(?<![\\w-])${word.replaceAll(/\W/g, '\\$&')}(?![\\w-])`).test(text);

/** What is wrong with the marks of some blocks, a line each. `read` gives a file of the repository, or undefined. */
export function faultsOf(blocks, read = readFromRoot) {
  return blocks.flatMap((block, index) => {
    const at = `${block.page}:${block.line}`;
    const before = blocks[index - 1];
    if (block.how === undefined) return [`${at}: the block has no mark that says what runs it`];
    if (block.how === 'output' && !(before?.page === block.page && before.how === 'run')) {
      return [`${at}: it is the output of no block that is run`];
    }
    if (block.by === undefined) return [];
    if (block.by.endsWith('.md'))
      return notOnPage(block, blocks).map((line) => `${at}: ${block.by} does not run \`${line}\``);
    const test = read(block.by);
    if (test === undefined || !/(^|\/)tests\//.test(block.by)) return [`${at}: there is no test \`${block.by}\``];
    const words =
      block.how === 'elsewhere'
        ? commandsOf(block.text).flatMap(wordsOf)
        : (block.text.match(/(?<!\S)[A-Za-z]{4,}(?=[:,;.]?(?:\s|$))/g) ?? []);
    return [...new Set(words)]
      .filter((word) => !hasWord(test, word))
      .map((word) => `${at}: ${block.by} has no \`${word}\``);
  });
}

function notOnPage({ by, text }, blocks) {
  const run = blocks.filter(({ page, how }) => page === by && ['run', 'background'].includes(how));
  const lines = new Set(run.flatMap((block) => commandsOf(block.text)));
  return commandsOf(text).filter((line) => !lines.has(line));
}

function readFromRoot(path) {
  return existsSync(join(root, path)) ? readFileSync(join(root, path), 'utf8') : undefined;
}

if (isMain(import.meta.url))
  console.log(
    JSON.stringify(
      pages().flatMap((page) => blocksOf(page)),
      undefined,
      2,
    ),
  );
