import { expandTags, parseTags, type TagSets } from '@wheelhouse/python/internal';
import { metadataFields } from '@wheelhouse/python/metadata';
import type { WheelUnderInspection } from './wheel-under-inspection.js';

const COMPILED = /\.(?:so|pyd|dylib|dll)$|\.so\.[\d.]+$/;
/** The first bytes of ELF, Mach-O (both orders, and fat) and PE. */
const PROGRAMS = ['7f454c46', 'cffaedfe', 'cefaedfe', 'cafebabe', 'feedfacf'];

/** WHEEL is there and says what installers have to know (PEP 427). */
export async function checkWheelFile(wheel: WheelUnderInspection): Promise<((name: string) => string[]) | undefined> {
  const place = `${wheel.distInfo ?? ''}/WHEEL`;
  const text = await wheel.metadata('WHEEL');
  if (text === undefined) {
    wheel.error(place, 'the file does not exist');
    return undefined;
  }
  const fields = metadataFields(text);
  const [version = ''] = fields('wheel-version');
  if (!version.startsWith('1.'))
    wheel.error(place, `\`Wheel-Version\` is \`${version}\`: installers support version 1`);
  return fields;
}

/**
 * The tags of the file name are those of WHEEL, and fit what the wheel holds (PEP 425). WHEEL has a line for each of them
 * (PEP 427), but backends write the file name's short form there, too, and installers take it.
 */
export async function checkTags(wheel: WheelUnderInspection, fields: (name: string) => string[]): Promise<void> {
  const { fileName } = wheel;
  if (fileName === undefined) return;
  const place = `${wheel.distInfo ?? ''}/WHEEL`;
  const [named, written] = [expandTags(fileName).sort(), fields('tag').flatMap(writtenTags).sort()];
  if (named.join(' ') !== written.join(' ')) {
    wheel.error(place, `its tags are \`${written.join(' ')}\`, but the file name has \`${named.join(' ')}\``);
  }
  const pure = fields('root-is-purelib')[0]?.toLowerCase() === 'true';
  const compiled = [...wheel.files.keys()].filter((name) => COMPILED.test(name));
  const [first] = compiled;
  if (first !== undefined && fileName.platforms.includes('any')) {
    wheel.error(first, 'it is compiled for one platform, but the file name has `any`', COMPILED_HINT);
  } else if (pure && [...wheel.installed()].some(([name, path]) => name === path && COMPILED.test(name))) {
    wheel.error(place, `\`Root-Is-Purelib\` is \`true\`, but \`${first ?? ''}\` is compiled`, COMPILED_HINT);
  }
  for (const name of compiled) checkAbi(wheel, name, fileName);
  if (first === undefined && !fileName.platforms.includes('any') && !(await hasProgram(wheel))) {
    wheel.warn(
      undefined,
      `it is tagged \`${fileName.platforms.join('.')}\`, but contains nothing compiled`,
      'tag it `any` if it runs everywhere, so that other machines can install it',
    );
  }
}

const COMPILED_HINT = 'tell the backend that the project has extension modules, so that it tags the wheel';

/** An extension module whose name ties it to one interpreter loads in no other. */
function checkAbi(wheel: WheelUnderInspection, name: string, { pythons, abis }: TagSets): void {
  const [, digits] = /\.cpython-(\d+)[a-z]*-[^/]*\.so$/.exec(name) ?? /\.cp(\d+)-[^/]*\.pyd$/.exec(name) ?? [];
  if (digits === undefined) return;
  const tag = `cp${digits}`;
  if (pythons.every((python) => python === tag) && abis.every((abi) => abi.startsWith(tag))) return;
  wheel.error(
    name,
    `CPython ${digits.slice(0, 1)}.${digits.slice(1)} alone can import it, but the wheel is tagged \`${pythons.join('.')}-${abis.join('.')}\``,
  );
}

async function hasProgram(wheel: WheelUnderInspection): Promise<boolean> {
  for (const member of wheel.files.values()) {
    if (member.sizeBytes < 4 || /\.(?:py|pyi|txt|md|typed)$/.test(member.name)) continue;
    for await (const chunk of wheel.archive.read(member)) {
      const head = Buffer.from(chunk.subarray(0, 4)).toString('hex');
      if (PROGRAMS.includes(head) || head.startsWith('4d5a')) return true;
      break;
    }
  }
  return false;
}

function writtenTags(text: string): string[] {
  const sets = parseTags(text);
  return sets === undefined ? [text] : expandTags(sets);
}
