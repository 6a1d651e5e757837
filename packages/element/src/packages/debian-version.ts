/** Relations between versions, as dependencies have them (Debian Policy, "Syntax of relationship fields"). */
const RELATIONS: Readonly<Record<string, (order: number) => boolean>> = {
  '<<': (order) => order < 0,
  '<=': (order) => order <= 0,
  '<': (order) => order <= 0,
  '=': (order) => order === 0,
  '>=': (order) => order >= 0,
  '>': (order) => order >= 0,
  '>>': (order) => order > 0,
};

/** Whether a version is as a dependency asks for. @param relation such as `>= 1.2-3` */
export function satisfiesRelation(version: string, relation: string): boolean {
  const [, operator = '', wanted = ''] = /^([<>=]+)\s*(\S+)$/.exec(relation) ?? [];
  return RELATIONS[operator]?.(compareDebianVersions(version, wanted)) ?? false;
}

/** Orders versions: negative if `a` is the older one (deb-version(7), "Sorting algorithm"). */
export function compareDebianVersions(a: string, b: string): number {
  const [one, other] = [parts(a), parts(b)];
  return (
    one.epoch - other.epoch || comparePart(one.upstream, other.upstream) || comparePart(one.revision, other.revision)
  );
}

function parts(version: string): { readonly epoch: number; readonly upstream: string; readonly revision: string } {
  const colon = version.indexOf(':');
  const rest = version.slice(colon + 1);
  const dash = rest.lastIndexOf('-');
  return {
    epoch: colon === -1 ? 0 : Number(version.slice(0, colon)),
    upstream: dash === -1 ? rest : rest.slice(0, dash),
    revision: dash === -1 ? '' : rest.slice(dash + 1),
  };
}

/** Parts without digits and numbers take turns. */
function comparePart(a: string, b: string): number {
  let [left, right] = [a, b];
  while (left !== '' || right !== '') {
    const [texts, numbers] = [[left, right].map((each) => /^\D*/.exec(each)?.[0] ?? ''), [0, 0]];
    const [ours = '', theirs = ''] = texts;
    const order = compareText(ours, theirs);
    if (order !== 0) return order;
    const rests = [left.slice(ours.length), right.slice(theirs.length)].map((rest, at) => {
      const digits = /^\d*/.exec(rest)?.[0] ?? '';
      numbers[at] = Number(digits);
      return rest.slice(digits.length);
    });
    if (numbers[0] !== numbers[1]) return (numbers[0] ?? 0) - (numbers[1] ?? 0);
    [left = '', right = ''] = rests;
  }
  return 0;
}

/** Letters come before other characters, and a tilde even before the end. */
function compareText(a: string, b: string): number {
  for (let at = 0; at < Math.max(a.length, b.length); at += 1) {
    const order = weight(a[at]) - weight(b[at]);
    if (order !== 0) return order;
  }
  return 0;
}

function weight(character: string | undefined): number {
  if (character === undefined) return 0;
  if (character === '~') return -1;
  const code = character.charCodeAt(0);
  return /[A-Za-z]/.test(character) ? code : code + 256;
}
