/** A change as a unified diff that `patch -p1` and `git apply` take. */
import { readFile } from 'node:fs/promises';
import { createTwoFilesPatch, FILE_HEADERS_ONLY } from 'diff';
import { isLatin1 } from '../disk';
import type { Change } from './draft';
import { colors, isTerminal, print } from './output';
import { shown } from './paths';
import { clean } from './plain-text';

export async function printDiff({ file, before, after }: Change): Promise<void> {
  const name = shown(file).replace(/^\//, '');
  const from = before === null ? '/dev/null' : `a/${name}`;
  const patch = createTwoFilesPatch(from, `b/${name}`, before ?? '', after, undefined, undefined, {
    context: 3,
    headerOptions: FILE_HEADERS_ONLY,
  });
  if (isTerminal()) return print(painted(patch));
  // Byte for byte what is in the file, or the diff does not apply.
  return print(before !== null && (await isLatin1File(file)) ? Buffer.from(patch, 'latin1') : patch);
}

async function isLatin1File(file: string): Promise<boolean> {
  return readFile(file).then(isLatin1, () => false);
}

function painted(patch: string): string {
  const color = colors();
  return patch
    .split('\n')
    .map((raw) => {
      const line = clean(raw);
      if (/^(?:---|\+\+\+) /.test(line)) return color.bold(line);
      if (line.startsWith('@@')) return color.cyan(line);
      if (line.startsWith('+')) return color.green(line);
      return line.startsWith('-') ? color.red(line) : line;
    })
    .join('\n');
}
