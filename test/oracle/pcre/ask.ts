/** What the real PCRE2 says of regular expressions: pcre2test of the release that nginx here is linked with. */
import { spawnSync } from 'node:child_process';
import { available } from '../../../scripts/install-packages';

export const PCRE2TEST = available().pcre2test;

/** `10.42`; null where it cannot be asked. */
export function release(): string | null {
  if (!PCRE2TEST) return null;
  return /PCRE2 version (\d+\.\d+)/.exec(spawnSync(PCRE2TEST, ['-C'], { encoding: 'utf8' }).stdout)?.[1] ?? null;
}

/** For each expression what is wrong with it; null where it compiles. */
export function askPcre(patterns: readonly string[]): (string | null)[] {
  const hex = (text: string): string => Buffer.from(text, 'utf8').toString('hex');
  const input = patterns.map((pattern) => `/${hex(pattern)}/hex\n\n`).join('');
  const { stdout, error } = spawnSync(PCRE2TEST!, ['-q'], { input, encoding: 'latin1', maxBuffer: 1 << 28 });
  if (error) throw error;
  const answers: (string | null)[] = [];
  for (const line of stdout.split('\n')) {
    if (/^\/[0-9a-f]*\/hex$/.test(line)) answers.push(null);
    else if (line.startsWith('Failed: ')) answers[answers.length - 1] = line.slice('Failed: '.length);
  }
  if (answers.length !== patterns.length) throw new Error(`${patterns.length} expressions, ${answers.length} answers`);
  return answers;
}
