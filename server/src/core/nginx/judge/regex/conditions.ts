/** Callouts and groups with a condition. */
import { isDigit, readName, readNumber, refuse, refuseUnclosed, Uncertain } from './reader';
import { enter, type State } from './state';

/** Behind `(?C`. */
export function readCallout(state: State): void {
  const { text } = state;
  state.wanted = state.wasWanted - 1;
  const first = text[state.at];
  if (first === undefined) refuseUnclosed();
  if (first === ')' || isDigit(first)) {
    const [number] = /^\d*/.exec(text.slice(state.at))!;
    if (Number(number) > 255) refuse('the number behind "(?C" is larger than 255');
    state.at += number.length;
  } else {
    if (!'`\'"^%#${'.includes(first)) refuse('a number or a text in quotes must follow "(?C"');
    const close = first === '{' ? '}' : first;
    for (state.at++; ; state.at++) {
      if (state.at >= text.length) refuse(`the "${close}" that ends the text of a "(?C" is missing`);
      // Doubled, it stands for itself.
      if (text[state.at] === close && text[++state.at] !== close) break;
    }
  }
  if (text[state.at] !== ')') refuse('the ")" behind "(?C" is missing');
  state.at++;
  state.items.push({ op: 'zero', size: 6 });
}

const VERSION = /VERSION>?=\d+(?:\.\d{1,2})?(?=\))/y;

/** Behind `(?(`. */
export function readCondition(state: State): void {
  const { text } = state;
  const first = text[state.at];
  if (first === undefined) refuseUnclosed();
  if (first === '?' || first === '*') {
    enter(state, 'condition');
    state.at--;
    state.wanted = 2;
    return;
  }
  let kind: 'condition' | 'define' = 'condition';
  const number = readNumber(state, true);
  if (number !== null) {
    if (number === 0) refuse('"(?(0)" tests a group that is not there');
    state.tested.push({ group: number, digits: null });
  } else if (/^VERSION[^)]../s.test(text.slice(state.at, state.at + 10))) {
    VERSION.lastIndex = state.at;
    const found = VERSION.exec(text);
    if (!found) throw new Uncertain();
    state.at += found[0].length;
  } else kind = readTestedName(state);
  if (text[state.at] !== ')') refuse('the ")" behind the condition of a "(?(" is missing');
  state.at++;
  enter(state, kind);
}

/** Stops at the `)`. */
function readTestedName(state: State): 'condition' | 'define' {
  const { text } = state;
  const first = text[state.at];
  if (first === '<' || first === "'") {
    state.at++;
    state.tested.push({ group: readName(state, first === '<' ? '>' : "'"), digits: null });
    return 'condition';
  }
  const isCall = first === 'R' && text[state.at + 1] === '&';
  if (isCall) state.at += 2;
  const name = readName(state, ')');
  state.at--;
  if (!isCall && name === 'DEFINE') return 'define';
  const digits = !isCall && /^R\d*$/.test(name) ? Number(name.slice(1) || '0') : null;
  state.tested.push({ group: name, digits });
  return 'condition';
}
