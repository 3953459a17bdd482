/** `proxy_cache_path`, `proxy_cache_valid` and their families. */
import type { Word } from '../../tree';
import { isSize, isTime } from '../values';
import {
  anyUnknown,
  type Check,
  checkVariables,
  first,
  integer,
  isUnknown,
  noParameter,
  refuse,
  shown,
  type Wrong,
  zoneProblem,
} from './check';

const PARAMETERS = [
  ...['keys_zone=NAME:SIZE', 'levels=1:2', 'use_temp_path=on|off', 'inactive=TIME', 'max_size=SIZE', 'min_free=SIZE'],
  ...['manager_files=N', 'manager_sleep=TIME', 'manager_threshold=TIME'],
  ...['loader_files=N', 'loader_sleep=TIME', 'loader_threshold=TIME'],
];

/** What a parameter takes, and how a message calls it. */
const VALUES: Readonly<Record<string, { accepts: (value: string) => boolean; form: string }>> = {
  levels: {
    accepts: (value) => /^(?:[12](?::[12]){0,2})?$/.test(value),
    form: 'one to three digits 1 or 2, such as 1:2',
  },
  use_temp_path: { accepts: (value) => value === 'on' || value === 'off', form: 'on or off' },
  inactive: { accepts: (value) => isTime(value, true), form: 'a time such as 60m' },
  max_size: { accepts: (value) => isSize(value, 'kmg'), form: 'a size such as 10g' },
  min_free: { accepts: (value) => isSize(value, 'kmg'), form: 'a size such as 1g' },
};
for (const who of ['loader', 'manager']) {
  const values = VALUES as Record<string, { accepts: (value: string) => boolean; form: string }>;
  values[`${who}_files`] = { accepts: (value) => integer(value) !== null, form: 'a whole number' };
  values[`${who}_sleep`] = { accepts: (value) => isTime(value, false), form: 'a time such as 50ms' };
  values[`${who}_threshold`] = { accepts: (value) => isTime(value, false), form: 'a time such as 200ms' };
}

export const checkCachePath: Check = (directive, setting) => {
  const [, ...parameters] = directive.args;
  const zones = parameters.filter(({ value }) => value.startsWith('keys_zone='));
  const wrong = first(parameters, (word) => {
    if (isUnknown(word)) return null;
    const [, key, value] = /^(\w+)=([\s\S]*)$/.exec(word.value) ?? [];
    if (key === 'keys_zone') {
      // Of two zones the last gives the name.
      if (value!.startsWith(':') && word !== zones[zones.length - 1]) return null;
      const problem = zoneProblem(value!, 2);
      return problem === null
        ? null
        : refuse(word, `${shown(word.value)} makes no zone, ${problem.replace('name:10m', 'keys_zone=name:10m')}`);
    }
    // NGINX Plus.
    if (key?.startsWith('purger') && setting.version === null) return null;
    const known = key === undefined || !Object.hasOwn(VALUES, key) ? undefined : VALUES[key];
    if (!known) return noParameter(directive, word, PARAMETERS);
    return known.accepts(value!)
      ? null
      : refuse(
          word,
          `${shown(value!)} is no value for the parameter ${key} of ${directive.called}: write ${known.form}`,
        );
  });
  if (wrong || anyUnknown(directive)) return wrong;
  return zones.length > 0
    ? null
    : refuse(directive.args[0]!, `${directive.called} must have a zone for its keys: write keys_zone=name:10m`);
};

export const checkCacheValid: Check = ({ args, name }) => {
  const time = args[args.length - 1];
  if (!time || isUnknown(time)) return null;
  if (!isTime(time.value, true)) {
    return refuse(time, `${shown(time.value)} is no time: ${name.value} takes status codes, then a time such as 10m`);
  }
  return first(args.slice(0, -1), (word) => {
    if (isUnknown(word) || word.value === 'any') return null;
    const code = integer(word.value);
    return code !== null && code >= 100 && code <= 599
      ? null
      : refuse(word, `${shown(word.value)} is no status code: write numbers from 100 to 599, or any`);
  });
};

/** `client_body_temp_path` and its family: a folder and up to three levels. */
export const checkTempPath: Check = ({ args }) => {
  const levels = args.slice(1);
  const bad = levels.find((word) => !isUnknown(word) && !integer(word.value));
  if (bad) return refuse(bad, `${shown(bad.value)} is no level of folders: write digits such as 1 2`);
  const sum = levels.some(isUnknown) ? 0 : levels.reduce((total, { value }) => total + Number(value), 0);
  return sum > 10 ? refuse(levels[0]!, `The levels of folders add up to ${sum}: at most 10 digits make a name`) : null;
};

/** `proxy_store_access` and its family. */
export const checkAccess: Check = (directive) =>
  first(directive.args, (word) =>
    isUnknown(word) || /^(?:user|group|all):rw?$/.test(word.value)
      ? null
      : refuse(word, `${shown(word.value)} is no right for ${directive.called}: write user:rw, group:r or all:r`),
  );

/** All words may hold variables, and nothing else can be wrong with them. */
export const checkText: Check = ({ args }) => first(args, (word) => checkVariables(word));

/** A size, or text with variables that becomes one. */
export const checkComplexSize: Check = ({ args, name }) => {
  const [word] = args;
  if (!word || isUnknown(word)) return null;
  if (word.value.includes('$')) return checkVariables(word);
  return isSize(word.value, 'km') ? null : noSize(word, name.value);
};

function noSize(word: Word, name: string): Wrong {
  return refuse(word, `${shown(word.value)} is no value for ${name}: write a size such as 100k or 1m, or a variable`);
}
