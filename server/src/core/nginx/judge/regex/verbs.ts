/** What "(*" begins: verbs such as (*FAIL), and assertions that are spelt out. */
import { readWord, refuse, Uncertain } from './reader';
import { enter, enterAssertion, type State } from './state';

const ASSERTIONS: Readonly<Record<string, 'ahead' | 'behind' | 'group' | 'loose ahead' | 'loose behind'>> = {
  pla: 'ahead',
  positive_lookahead: 'ahead',
  nla: 'ahead',
  negative_lookahead: 'ahead',
  plb: 'behind',
  positive_lookbehind: 'behind',
  nlb: 'behind',
  negative_lookbehind: 'behind',
  napla: 'loose ahead',
  non_atomic_positive_lookahead: 'loose ahead',
  naplb: 'loose behind',
  non_atomic_positive_lookbehind: 'loose behind',
  atomic: 'group',
  sr: 'group',
  script_run: 'group',
  asr: 'group',
  atomic_script_run: 'group',
};
const NEWER_ASSERTIONS = ['scs', 'scan_substring'];

const VERBS = ['', 'MARK', 'ACCEPT', 'F', 'FAIL', 'COMMIT', 'PRUNE', 'SKIP', 'THEN'];
const NEWER_SETTINGS = ['CASELESS_RESTRICT', 'TURKISH_CASING'];

/** At the small letter behind `(*`. */
export function readSpelled(state: State): void {
  const name = readWord(state);
  const kind = Object.hasOwn(ASSERTIONS, name) ? ASSERTIONS[name]! : null;
  if (kind === null || state.text[state.at] !== ':')
    refuse(`"(*${name}" starts no assertion`, NEWER_ASSERTIONS.includes(name) ? 'newer' : null);
  if (state.wasWanted > 0 && kind !== 'ahead' && kind !== 'behind') refuse('an assertion must follow "(?("');
  state.at++;
  if (kind === 'group') enter(state, 'group');
  else enterAssertion(state, kind.endsWith('ahead') ? 'ahead' : 'behind');
}

/** Behind `(*`. */
export function readVerb(state: State): void {
  const { text } = state;
  const name = readWord(state);
  const sign = text[state.at];
  if ((sign !== ':' && sign !== ')') || !VERBS.includes(name)) {
    refuse(
      `"(*${name}" is no verb: PCRE knows (*ACCEPT), (*FAIL), (*COMMIT), (*PRUNE), (*SKIP), (*THEN) and (*MARK:NAME)`,
      NEWER_SETTINGS.includes(name) ? 'newer' : null,
    );
  }
  const hasArgument = sign === ':' && text[state.at + 1] !== ')';
  if (!hasArgument && (name === '' || name === 'MARK')) refuse(`a name must follow "(*${name}:"`);
  const end = text.indexOf(')', state.at);
  if (end < 0) refuse(`the ")" behind "(*${name}" is missing`);
  if (hasArgument && end - state.at - 1 > 255) refuse(`the name behind "(*${name}:" is longer than 255 bytes`);
  // Whether a quantifier may follow depends on how the name was read.
  if (hasArgument && name === 'ACCEPT') throw new Uncertain();
  state.at = end + 1;
  state.repeatable = name === 'ACCEPT';
  state.items.push(/^(?:ACCEPT|F|FAIL)$/.test(name) ? { op: 'stop' } : { op: 'zero', size: 1 });
}
