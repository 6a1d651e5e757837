/** A link that a package offers to be chosen (update-alternatives(1)), with those that go with it. */
export interface OfferedLink {
  readonly name: string;
  readonly priority: number;
  /** The main link first. All paths are absolute. */
  readonly links: readonly { readonly name: string; readonly path: string; readonly target: string }[];
}

/**
 * The alternatives that the script of a package would offer, read from its text: `update-alternatives --install` with
 * paths that are written out. What a script computes is not found.
 */
export function offeredLinks(script: string): OfferedLink[] {
  const lines = script.replaceAll(/\\\n/g, ' ').split('\n');
  return lines.flatMap((line) => {
    const words = line.trim().split(/\s+/);
    const start = words.findIndex((word) => word === 'update-alternatives' || word.endsWith('/update-alternatives'));
    const at = words.indexOf('--install', start);
    if (start === -1 || at === -1) return [];
    const [path = '', name = '', target = '', priority = ''] = words.slice(at + 1, at + 5);
    const links = [{ name, path, target }];
    words.forEach((word, index) => {
      if (word !== '--slave') return;
      const [slave = '', slaveName = '', slaveTarget = ''] = words.slice(index + 1, index + 4);
      links.push({ name: slaveName, path: slave, target: slaveTarget });
    });
    const isLiteral = links.every(
      ({ path: link, target: to }) => /^\/[\w./+@-]+$/.test(link) && /^\/[\w./+@-]+$/.test(to),
    );
    return isLiteral && /^-?\d+$/.test(priority) ? [{ name, priority: Number(priority), links }] : [];
  });
}

/** Of each name what would be chosen: the highest priority, of equals the first offer. */
export function chosenLinks(offers: readonly OfferedLink[]): OfferedLink[] {
  const best = new Map<string, OfferedLink>();
  for (const offer of offers) {
    const known = best.get(offer.name);
    if (known === undefined || offer.priority > known.priority) best.set(offer.name, offer);
  }
  return [...best.values()];
}
