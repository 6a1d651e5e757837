'use strict';

const { join } = require('node:path');
const { BuildElement, ElementError } = require('@wheelhouse/element');

const WORDS = new Map([
  ['de', 'Hallo'],
  ['en', 'Hello'],
  ['fr', 'Bonjour'],
]);

/** A C header that says whom to greet, and how. Stages, runs and collects as every build element does. */
class GreetingElement extends BuildElement {
  configure(node) {
    super.configure(node);
    const language = this.nodeSubstMember(node, 'language');
    const word = WORDS.get(language);
    if (word === undefined) {
      throw new ElementError({
        code: 'INVALID_DATA',
        message: `There is no greeting in \`${language}\``,
        origin: node.get('language').origin,
        hint: `use ${[...WORDS.keys()].map((known) => `\`${known}\``).join(', ')}`,
      });
    }
    this.word = word;
    this.recipients = this.nodeGetMember(node, 'list', 'recipients')
      .scalars()
      .map((item) => this.nameOf(item));
    if (this.recipients.length === 0) {
      throw new ElementError({
        code: 'INVALID_DATA',
        message: `${this.name}: there is nobody to greet`,
        origin: this.origin,
        hint: 'name someone in `recipients`',
      });
    }
  }

  // What the commands are made of besides what BuildElement knows.
  getUniqueKey() {
    return { build: super.getUniqueKey(), word: this.word, recipients: this.recipients };
  }

  // The keys of `config` beside those of every build element.
  configKeys() {
    return ['language', 'recipients'];
  }

  // Both the build and `wheelhouse script` ask for the commands here.
  commandsOf(list) {
    const commands = super.commandsOf(list);
    return list === 'build-commands' ? [this.writeHeader(), ...commands] : commands;
  }

  writeHeader() {
    const names = this.recipients.map((name) => `"${name}"`).join(', ');
    const lines = [`#define GREETING "${this.word}"`, `static const char *const recipients[] = {${names}};`];
    return ["cat > greeting.h <<'END'", ...lines, 'END'].join('\n');
  }

  // A name ends up between the quotes of a C string.
  nameOf(item) {
    const name = this.variables.expand(item);
    if (/^[\p{L} ]+$/u.test(name)) return name;
    throw new ElementError({
      code: 'INVALID_DATA',
      message: `\`${name}\` is not a name of letters and spaces`,
      origin: item.origin,
    });
  }
}

module.exports = {
  elements: [
    {
      kind: 'greeting',
      // Raised whenever the same configuration comes to build something else.
      formatVersion: 1,
      defaults: join(__dirname, 'greeting.yaml'),
      create: (meta) => new GreetingElement(meta),
    },
  ],
};
