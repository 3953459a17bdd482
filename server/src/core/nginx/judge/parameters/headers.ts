/** `add_header`, `expires` and what else writes headers. */
import { isTime } from '../values';
import { type Check, checkVariables, isUnknown, noParameter, refuse, shown } from './check';

/** `add_header` and `add_trailer`. */
export const checkAddHeader: Check = (directive) => {
  const [, value, always] = directive.args;
  const wrong = value ? checkVariables(value) : null;
  if (wrong || !always || isUnknown(always) || always.value === 'always') return wrong;
  return noParameter(directive, always, ['always'], 'always. Put a value with blanks in quotes');
};

export const checkExpires: Check = ({ args }) => {
  const [first, second] = args;
  if (!first || args.some(isUnknown)) return null;
  if (second && first.value !== 'modified') {
    return refuse(
      first,
      `${shown(first.value)} cannot stand before a time in expires: write modified, or the time alone`,
    );
  }
  const word = second ?? first;
  if (word.value.includes('$')) return checkVariables(word);
  if (!second && ['epoch', 'max', 'off'].includes(word.value)) return null;
  const [, sign = '', time = ''] = /^([@+-]?)([\s\S]*)$/.exec(word.value) ?? [];
  if (!isTime(time, true)) {
    return refuse(
      word,
      `${shown(word.value)} is no value for expires: write 30d, -1, @15h, epoch, max, off or modified +1h`,
    );
  }
  if (sign !== '@') return null;
  if (second) return refuse(word, '"modified" takes no time of the day: write expires modified +1h');
  return seconds(time) > 86_400 ? refuse(word, `${shown(word.value)} is no time of the day: at most @24h`) : null;
};

const UNITS: Readonly<Record<string, number>> = {
  y: 31_536_000,
  M: 2_592_000,
  w: 604_800,
  d: 86_400,
  h: 3600,
  m: 60,
  s: 1,
};

function seconds(time: string): number {
  let total = 0;
  for (const [, digits, unit] of time.matchAll(/(\d+)([yMwdhms]?)/g)) total += Number(digits) * (UNITS[unit!] ?? 1);
  return total;
}

export const checkUseridExpires: Check = ({ args }) => {
  const [word] = args;
  if (!word || isUnknown(word) || word.value === 'max' || word.value === 'off' || isTime(word.value, true)) return null;
  return refuse(word, `${shown(word.value)} is no value for userid_expires: write a time such as 365d, max or off`);
};

export const checkUseridMark: Check = ({ args }) => {
  const [word] = args;
  if (!word || isUnknown(word) || word.value === 'off' || /^[0-9A-Za-z=]$/.test(word.value)) return null;
  return refuse(word, `${shown(word.value)} is no mark: write off, one letter, one digit or "="`);
};

export const checkSubFilter: Check = ({ args }) => {
  const [search, replacement] = args;
  if (!search || !replacement) return null;
  if (search.value === '') return refuse(search, 'The text that sub_filter looks for cannot be empty');
  return checkVariables(search) ?? checkVariables(replacement);
};

/** `proxy_set_header` and `grpc_set_header`: read when the location is put together, which one in http may never be. */
export const checkSetHeader: Check = ({ args }, { context }) =>
  args[1] && context === 'location' ? checkVariables(args[1]) : null;
