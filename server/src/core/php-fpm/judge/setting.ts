/**
 * What php-fpm says of one setting in its section, stage by stage as fpm_conf_ini_parser_entry() and …_array() go: is the
 * name known here, with brackets or without, and is the value acceptable.
 */
import type { Span } from '../../text/span';
import { closest } from '../../text/spelling';
import { FPM_DIRECTIVES, type FpmDirective, fpmDirective } from '../catalogue';
import type { Setting } from '../tree';
import { checkValue, isPlaceholder } from './value';

export interface SettingVerdict {
  readonly stage: 'unknown' | 'misplaced' | 'brackets' | 'value';
  readonly span: Span;
  readonly message: string;
  readonly fix?: { readonly title: string; readonly span: Span; readonly newText: string };
}

/** `either`: the section is decided elsewhere, by a template or by whoever includes the file. */
export type Place = 'global' | 'pool' | 'either';

/** Null where php-fpm goes on. A syntax error has been told by the parser. `suggests`: look for the name that was meant. */
export function judgeSetting(setting: Setting, place: Place, suggests = true): SettingVerdict | null {
  const { key, sub, operatorSpan } = setting;
  if (operatorSpan === null || isFilledIn(key)) return null;
  if (sub !== null) return judgeArray(setting, sub, place, suggests);
  if (key === 'include') return null;
  const here = known(key, place);
  if (!here) return notHere(setting, place, suggests);
  if (isArray(here)) return brackets(setting, `"${key}" needs brackets: ${key}[${sample(key)}] = …`);
  const { value } = setting;
  if (place === 'global' && setting.known && here.type !== 'integer' && value.includes('$pool')) {
    return wrong(setting, `"$pool" stands for the name of a pool, and [global] is none.`);
  }
  return judgeValue(setting, here);
}

function judgeArray(setting: Setting, sub: string, place: Place, suggests: boolean): SettingVerdict | null {
  const { key, value } = setting;
  if (key === 'access.suppress_path') {
    if (sub !== '')
      return brackets(setting, `"access.suppress_path" takes empty brackets: access.suppress_path[] = ${value}`);
    if (setting.known && !value.startsWith('/') && !isPlaceholder(value))
      return wrong(
        setting,
        `"${shown(value)}" is no path for access.suppress_path: it must start with "/".`,
        `/${value}`,
      );
  } else if (sub === '') {
    return brackets(setting, `The brackets of "${key}" are empty: write ${key}[${sample(key)}] = …`);
  }
  if (place === 'global') {
    const moved = known(key, 'pool') !== undefined;
    return {
      stage: moved ? 'misplaced' : 'unknown',
      span: setting.keySpan,
      message: `"${key}[…]" cannot stand in [global], only in a pool. ${REFUSES}`,
    };
  }
  const here = fpmDirective(key, 'pool');
  if (!here || !isArray(here)) {
    if (known(key, 'either')) return brackets(setting, `"${key}" takes no brackets: ${key} = ${shown(value)}`);
    return unknown(setting, suggests ? ARRAYS : null);
  }
  return judgeValue(setting, here);
}

function judgeValue(setting: Setting, here: FpmDirective): SettingVerdict | null {
  const { value } = setting;
  if (!setting.known || isPlaceholder(value)) return null;
  const found = checkValue(here, value);
  if (!found) return null;
  const name = setting.sub === null ? setting.key : `${setting.key}[${setting.sub}]`;
  return wrong(setting, `${name}: "${shown(value)}" is ${found.message}.`, found.meant);
}

function notHere(setting: Setting, place: Place, suggests: boolean): SettingVerdict {
  const { key, keySpan } = setting;
  const other = known(key, place === 'pool' ? 'global' : 'pool');
  if (!other) return unknown(setting, suggests ? (place === 'global' ? GLOBAL : POOL) : null);
  if (isArray(other))
    return brackets(setting, `"${key}" needs brackets, and stands in a pool: ${key}[${sample(key)}] = …`);
  return {
    stage: 'misplaced',
    span: keySpan,
    message:
      place === 'pool'
        ? `"${key}" is a setting of php-fpm as a whole: it cannot stand in a pool, only in [global]. ${REFUSES}`
        : `"${key}" is a setting of a pool: it cannot stand in [global] or before the first header, only below a header such as [www]. ${REFUSES}`,
  };
}

function unknown({ key, keySpan, sub }: Setting, names: readonly string[] | null): SettingVerdict {
  const meant = names && (meantBy(key, names) ?? meantBy(key, ALL));
  const asWritten = sub === null ? key : `${key}[${sub}]`;
  return {
    stage: 'unknown',
    span: keySpan,
    message: `"${shown(asWritten)}" is no setting that php-fpm knows${meant ? `: is "${meant}" meant?` : '.'} ${REFUSES}`,
    ...(meant ? { fix: { title: `Write ${meant}`, span: keySpan, newText: meant } } : {}),
  };
}

function wrong(setting: Setting, message: string, meant?: string): SettingVerdict {
  const { rawValueSpan: span, keySpan } = setting;
  return {
    stage: 'value',
    span: span.end > span.start ? span : keySpan,
    message: `${message} ${REFUSES}`,
    ...(meant !== undefined && span.end > span.start ? { fix: { title: `Write ${meant}`, span, newText: meant } } : {}),
  };
}

function brackets({ keySpan, subSpan }: Setting, message: string): SettingVerdict {
  return {
    stage: 'brackets',
    span: subSpan ? { start: keySpan.start, end: subSpan.end + 1 } : keySpan,
    message: `${message} ${REFUSES}`,
  };
}

/** A name that a template writes: `__KEY__`, `@KEY@`, `%key%`. */
function isFilledIn(key: string): boolean {
  return /^__\w{1,60}__$|[$@<>{}|]|%\w{1,60}%/.test(key);
}

/** Arrays are known with case, other names without. */
function known(key: string, place: Place): FpmDirective | undefined {
  return place === 'either' ? (fpmDirective(key, 'pool') ?? fpmDirective(key, 'global')) : fpmDirective(key, place);
}

function isArray({ type }: FpmDirective): boolean {
  return type === 'array' || type === 'boolean-array';
}

function sample(key: string): string {
  return key === 'env'
    ? 'NAME'
    : key.endsWith('flag')
      ? 'display_errors'
      : key === 'access.suppress_path'
        ? ''
        : 'memory_limit';
}

/** `max_children`, `pm-max-children` and `pm_max_children` are `pm.max_children`, whatever else is spelt like it. */
function meantBy(key: string, names: readonly string[]): string | null {
  const plain = flat(key);
  return (
    names.find((name) => flat(name) === plain) ??
    names.find((name) => flat(name).endsWith(`_${plain}`)) ??
    closest(key, names)
  );
}

function flat(name: string): string {
  return name.toLowerCase().replace(/[.-]/g, '_');
}

function shown(text: string): string {
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}

const REFUSES = 'php-fpm refuses to start.';
const namesIn = (context: string): string[] => [
  ...FPM_DIRECTIVES.filter((one) => one.context === context && !isArray(one)).map(({ name }) => name),
  'include',
];
const GLOBAL = namesIn('global');
const POOL = namesIn('pool');
const ARRAYS = FPM_DIRECTIVES.filter(isArray).map(({ name }) => name);
const ALL = [...POOL, ...GLOBAL, ...ARRAYS];
