/** What a "(" begins, and where it ends: groups, assertions, options, calls. */
import { readCallout, readCondition } from './conditions';
import { isDigit, readName, readNumber, refuse, refuseUnclosed } from './reader';
import { enter, enterAssertion, type Options, type State } from './state';
import { readSpelled, readVerb } from './verbs';

/** Behind the `(`. */
export function readGroup(state: State): void {
  const { text } = state;
  const first = text[state.at];
  if (first === undefined) refuseUnclosed();
  if (first === '?') {
    state.at++;
    readSpecial(state);
  } else if (first !== '*') {
    if (state.options.noCapture) enter(state, 'group');
    else enter(state, 'capture', ++state.groups);
  } else {
    const after = text[state.at + 1];
    // Before nothing or a ")" the "*" is a quantifier of nothing.
    if (after === undefined || after === ')') return;
    state.at++;
    if (after >= 'a' && after <= 'z') readSpelled(state);
    else readVerb(state);
  }
}

/** Behind `(?`. */
function readSpecial(state: State): void {
  const { text } = state;
  const first = text[state.at];
  const after = text[state.at + 1];
  if (isDigit(first) || ((first === '-' || first === '+') && isDigit(after))) {
    const group = readNumber(state, true)!;
    if (text[state.at] !== ')') refuseUnclosed();
    state.at++;
    call(state, group);
    return;
  }
  if (first === undefined) refuseUnclosed();
  if ("PR&C(>=*!'".includes(first)) state.at++;
  switch (first) {
    case 'P':
      readPython(state);
      break;
    case 'R':
      if (text[state.at] !== ')') refuse('"(?R" must be followed by ")"');
      state.at++;
      call(state, 0);
      break;
    case '&':
      call(state, readName(state, ')'));
      break;
    case 'C':
      readCallout(state);
      break;
    case '(':
      readCondition(state);
      break;
    case '>':
      enter(state, 'group');
      break;
    case '=':
    case '*':
    case '!':
      enterAssertion(state, 'ahead');
      break;
    case '<':
      if (after === '=' || after === '!' || after === '*') {
        state.at += 2;
        enterAssertion(state, 'behind');
      } else {
        state.at++;
        define(state, '>');
      }
      break;
    case "'":
      define(state, "'");
      break;
    case '+':
      refuse('a number must follow "(?+"');
      break;
    case '|':
      state.at++;
      state.hasResets = true;
      enter(state, 'group');
      state.nests.push({
        depth: state.open.length,
        options: state.options,
        reset: { from: state.groups, most: state.groups },
        isCondition: false,
      });
      break;
    default:
      readOptions(state);
  }
}

function call(state: State, group: number | string): void {
  state.items.push({ op: 'call', group });
  state.repeatable = true;
}

/** Behind `(?P`. */
function readPython(state: State): void {
  const sign = state.text[state.at++];
  if (sign === undefined) refuseUnclosed();
  if (sign === '<') define(state, '>');
  else if (sign === '>') call(state, readName(state, ')'));
  else if (sign === '=') {
    state.items.push({ op: 'reference', group: readName(state, ')'), older: false });
    state.repeatable = true;
  } else refuse('"<", "=" or ">" must follow "(?P"');
}

/** Behind `(?<`: a group with a name. */
function define(state: State, close: string): void {
  const name = readName(state, close);
  const group = ++state.groups;
  enter(state, 'capture', group);
  for (const other of state.named) {
    if (other.name === name) {
      if (other.group === group) return;
      if (!state.options.sameNames) refuse(`two groups are called "${name}"`);
    } else if (other.group === group) refuse(`one group is called "${other.name}" and "${name}"`);
  }
  state.named.push({ name, group });
}

/** Behind `(?`: options, and a `)` or `:`. */
function readOptions(state: State): void {
  const { text } = state;
  const before = state.options;
  const set: Partial<Record<keyof Options, boolean>> = {};
  const unset: Partial<Record<keyof Options, boolean>> = {};
  const reset = text[state.at] === '^';
  if (reset) state.at++;
  let mayUnset = !reset;
  let change = set;
  for (; text[state.at] !== ')' && text[state.at] !== ':'; state.at++) {
    const letter = text[state.at];
    if (letter === undefined) refuseUnclosed();
    if (letter === '-') {
      if (!mayUnset) refuse('a second "-", or one behind "^", stands in the options of a "(?"');
      mayUnset = false;
      change = unset;
    } else if (letter === 'x') {
      change.extended = true;
      if (text[state.at + 1] !== 'x') continue;
      change.extendedMore = true;
      state.at++;
    } else if (letter === 'n') change.noCapture = true;
    else if (letter === 'J') change.sameNames = true;
    else if (!'imsU'.includes(letter)) refuseOption(letter);
  }
  if ((set.extended && !set.extendedMore) || unset.extended) unset.extendedMore = true;
  const has = (option: keyof Options): boolean =>
    ((before[option] && !(reset && option !== 'sameNames')) || set[option] === true) && !unset[option];
  state.options = {
    extended: has('extended'),
    extendedMore: has('extendedMore'),
    noCapture: has('noCapture'),
    sameNames: has('sameNames'),
  };
  if (text[state.at++] === ':') enter(state, 'group');
  // Options alone hold to the end of the group around them.
  else if (state.nests[state.nests.length - 1]?.depth === state.open.length) return;
  state.nests.push({ depth: state.open.length, options: before, reset: null, isCondition: false });
}

function refuseOption(letter: string): never {
  const shown = letter >= ' ' && letter <= '~' ? `"${letter}"` : 'what follows';
  return refuse(
    /[A-Za-z]/.test(letter) ? `${shown} is no option, as in (?i)` : `${shown} behind "(?" starts no group`,
    /[aDSWPTr[]/.test(letter) ? 'newer' : null,
  );
}

/** Behind a `)`. */
export function leave(state: State): void {
  state.repeatable = true;
  const nest = state.nests[state.nests.length - 1];
  if (nest && nest.depth === state.open.length) {
    state.nests.pop();
    state.options = nest.options;
    if (nest.reset) state.groups = Math.max(state.groups, nest.reset.most);
    if (nest.isCondition) state.repeatable = false;
  }
  const closed = state.open.pop();
  if (!closed) refuse('a ")" closes nothing');
  if (closed.kind === 'define' && closed.alternatives > 1) refuse('a "(?(DEFINE)" group has more than one branch');
  if (closed.kind === 'condition' && closed.alternatives > 2) refuse('a "(?(" group has more than two branches');
  state.items.push({ op: 'close' });
}

/** Behind a `|`. */
export function nextBranch(state: State): void {
  const nest = state.nests[state.nests.length - 1];
  if (nest?.reset && nest.depth === state.open.length) {
    nest.reset.most = Math.max(nest.reset.most, state.groups);
    state.groups = nest.reset.from;
  }
  const around = state.open[state.open.length - 1];
  if (around) around.alternatives++;
  state.items.push({ op: 'alternative' });
}
