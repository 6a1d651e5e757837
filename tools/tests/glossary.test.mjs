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
];

/** What it rules out in names. */
const NEVER_NAMED = /ailment|askedof|complain|stranger|surroundings|(?<!semi)circle/i;

function sources() {
  const { stdout } = spawnSync('git', ['ls-files', '-z', 'packages/*/src/*.ts'], { cwd: root, encoding: 'utf8' });
  return stdout.split('\0').filter((name) => name !== '' && existsSync(join(root, name)));
}

const isText = (node) => ts.isStringLiteral(node) || ts.isTemplateLiteralToken(node);

function findingsOf(name) {
  const source = ts.createSourceFile(name, readFileSync(join(root, name), 'utf8'), ts.ScriptTarget.Latest, true);
  const found = [];
  const say = (node, words) => {
    const { line } = source.getLineAndCharacterOfPosition(node.getStart(source));
    found.push(`${name}:${line + 1}: ${words}`);
  };
  const visit = (node) => {
    if (isText(node) && NEVER.some((pattern) => pattern.test(node.text))) say(node, node.text);
    if (ts.isIdentifier(node) && NEVER_NAMED.test(node.text)) say(node, node.text);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

test('messages and names keep to the glossary of CONTRIBUTING.md', () => {
  const names = sources();
  assert.ok(names.length > 500);
  assert.deepEqual(names.flatMap(findingsOf), []);
});
