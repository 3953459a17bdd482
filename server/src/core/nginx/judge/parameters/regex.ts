/** Regular expressions in the parameters of a directive. */
import type { Word } from '../../tree';
import { isUnknown, refuse, shown, type Wrong } from './check';
import { readRegex } from './regex-syntax';

/** `from`: how many characters of the word stand before the expression, such as `~*`. */
export function checkRegex(word: Word, from = 0): Wrong | null {
  if (isUnknown(word)) return null;
  const pattern = word.value.slice(from);
  const read = readRegex(pattern);
  return 'problem' in read ? refuse(word, `${shown(pattern)} is no regular expression: ${read.problem}`) : null;
}
