/** The licences of what is in the bundles: packages want them to be handed on. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Metafile } from 'esbuild';

const root = path.resolve(import.meta.dirname, '..');

/** Text is taken from it, without its code: no bundle names it. */
const QUOTED = ['@nginx/reference-lib'];

/** One text with every package that the bundles hold, its version and its licence. */
export function notices(metafiles: readonly Metafile[]): string {
  const names = new Set(QUOTED);
  for (const input of metafiles.flatMap(({ inputs }) => Object.keys(inputs))) {
    const [, name] = /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input) ?? [];
    if (name !== undefined) names.add(name);
  }
  return [...names]
    .sort()
    .map(notice)
    .join(`\n${'-'.repeat(80)}\n\n`);
}

function notice(name: string): string {
  const folder = path.join(root, 'node_modules', name);
  const { version, license } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
  const file = readdirSync(folder).find((each) => /^(?:licen[cs]e|thirdpartynotices)/i.test(each));
  const shared = path.join(root, 'scripts/data', `${license}.txt`);
  if (!file && !existsSync(shared)) throw new Error(`${name} (${license}) has no text of its licence`);
  const about = QUOTED.includes(name) ? '\nnginx’s documentation, cut and reworked for hovers.\n' : '';
  return `${name} ${version} (${license})\n${about}\n${readFileSync(file ? path.join(folder, file) : shared, 'utf8').trim()}\n`;
}
