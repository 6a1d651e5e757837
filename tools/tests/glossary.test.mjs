import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import ts from 'typescript';
import { root } from '../workspace.mjs';

/** What the glossary of CONTRIBUTING.md rules out in every text that a user reads. */
const NEVER = [
  /(?<!there )\bis no (?:address|list|mapping|number|object|option|runner|table|text|valid|version|requirement)\b/,
  /\bno valid (?:JSON|TOML|YAML|Python)\b/,
  /\bnot a text\b|\bof texts\b|^a text$/,
  /\bailments?\b/,
  /\bputs up with\b/,
  /\bsays how it is used\b/,
  /\bunless given\b/,
  /\bwhoever\b/i,
  /\bnobody\b(?!:)/i,
  /\b(?:is|are) told\b/,
  /\bit is one of `/,
  /\bgive (?:it|yourself|them)\b/,
  /\b(?:does|do) not hold\b/,
  /\bis filled in\b/,
  /\bwhatever (?:git|an? \w+) (?:has|says)\b/,
];

/** What it rules out in comments. */
const NEVER_SAID = [
  /\bwhoever\b/i,
  /\b(?:where|if) nobody\b/,
  /\bno affair of\b/,
  /\bat whatever depth\b/,
  /`undefined` where\b/,
  /\babsent where\b/,
  /\b(?:lies|lie)\b/,
];

/** What it rules out in names. */
const NEVER_NAMED = /ailment|askedof|complain|stranger|surroundings|(?<!semi)circle/i;

function sources() {
  const { stdout } = spawnSync('git', ['ls-files', '-z', 'packages/*/src/*.ts'], { cwd: root, encoding: 'utf8' });
  return stdout.split('\0').filter((name) => name !== '' && existsSync(join(root, name)));
}

const isText = (node) => ts.isStringLiteral(node) || ts.isTemplateLiteralToken(node);

/** The comments of a file, each as one line, with the offsets they begin at. */
function commentsOf(source) {
  const found = new Map();
  const visit = (node) => {
    const leading = ts.getLeadingCommentRanges(source.text, node.getFullStart()) ?? [];
    const trailing = ts.getTrailingCommentRanges(source.text, node.getEnd()) ?? [];
    for (const { pos, end } of [...leading, ...trailing]) {
      found.set(pos, source.text.slice(pos, end).replace(/\n\s*\*? ?/g, ' '));
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function findingsOf(name) {
  const source = ts.createSourceFile(name, readFileSync(join(root, name), 'utf8'), ts.ScriptTarget.Latest, true);
  const found = [];
  const report = (offset, text) => {
    const { line } = source.getLineAndCharacterOfPosition(offset);
    found.push(`${name}:${line + 1}: ${text}`);
  };
  const visit = (node) => {
    if (isText(node) && NEVER.some((pattern) => pattern.test(node.text))) report(node.getStart(source), node.text);
    if (ts.isIdentifier(node) && NEVER_NAMED.test(node.text)) report(node.getStart(source), node.text);
    ts.forEachChild(node, visit);
  };
  visit(source);
  for (const [offset, text] of commentsOf(source)) {
    if (NEVER_SAID.some((pattern) => pattern.test(text))) report(offset, text);
  }
  return found;
}

test('messages, names and comments keep to the glossary of CONTRIBUTING.md', () => {
  const names = sources();
  assert.ok(names.length > 500);
  assert.deepEqual(names.flatMap(findingsOf), []);
});
