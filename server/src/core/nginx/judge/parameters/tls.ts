/** Caches of TLS sessions and OCSP answers. */
import { type Check, first, integer, isUnknown, noParameter, refuse, shown, zoneProblem } from './check';

export const checkSessionCache: Check = (directive) =>
  first(directive.args, (word) => {
    const { value } = word;
    if (isUnknown(word) || value === 'off' || value === 'none' || value === 'builtin') return null;
    if (value.startsWith('builtin:')) {
      return integer(value.slice(8)) === null
        ? refuse(word, `${shown(value.slice(8))} is no number of sessions: write builtin:1000`)
        : null;
    }
    return value.startsWith('shared:')
      ? checkShared(word, value)
      : noParameter(directive, word, ['off', 'none', 'builtin', 'builtin:1000', 'shared:SSL:10m']);
  });

export const checkOcspCache: Check = (directive) => {
  const [word] = directive.args;
  if (!word || isUnknown(word) || word.value === 'off') return null;
  return word.value.startsWith('shared:')
    ? checkShared(word, word.value)
    : noParameter(directive, word, ['off', 'shared:OCSP:1m']);
};

function checkShared(word: Parameters<typeof refuse>[0], value: string): ReturnType<Check> {
  const problem = zoneProblem(value.slice(7), 8);
  return problem === null
    ? null
    : refuse(word, `${shown(value)} makes no cache, ${problem.replace('name:10m', 'shared:SSL:10m')}`);
}
