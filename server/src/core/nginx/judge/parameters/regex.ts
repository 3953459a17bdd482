/** Regular expressions in the parameters of a directive. */
import type { Word } from '../../tree';
import { isOlder } from '../../version';
import { type RegexFacts, type RegexProblem, readRegex } from '../regex/read';
import { isUnknown, refuse, type Setting, shown, type Wrong } from './check';

/** `from`: how many characters of the word stand before the expression, such as `~*`. */
export function checkRegex(word: Word, setting: Setting, from = 0): Wrong | null {
  if (isUnknown(word)) return null;
  const pattern = word.value.slice(from);
  const read = readRegex(pattern);
  return isRefused(read, setting) ? refuse(word, `${shown(pattern)} is no regular expression: ${read.problem}`) : null;
}

/**
 * Does every PCRE refuse it that this nginx may be built with? PCRE2 came with nginx 1.21.5; its release 10.43 is as old as
 * nginx 1.25.4. Where the version is not told, it may be any.
 */
export function isRefused(read: RegexProblem | RegexFacts, { version }: Setting): read is RegexProblem {
  if (!('problem' in read)) return false;
  if (read.takenBy === 'older') return version !== null && !isOlder(version, '1.21.5');
  if (read.takenBy === 'newer') return version !== null && isOlder(version, '1.25.4');
  return true;
}
