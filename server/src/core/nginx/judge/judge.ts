/**
 * What nginx says of one directive in one context, stage by stage as ngx_conf_handler() goes: is the name known, may it
 * stand here, are there as many arguments as it takes, is each of them acceptable. The first stage that fails speaks.
 */

import { kept } from '../../text/kept';
import { closest } from '../../text/spelling';
import { type Context, directiveNames, otherDirective, type Signature, signatures } from '../catalogue';
import type { Directive } from '../tree';
import { isOlder } from '../version';
import { checkParameters } from './parameters';
import { isThirdParty } from './third-party';
import { checkValue, type Wrong } from './values';
import { removedIn, sinceParameter, sinceVersion } from './versions';

export interface Verdict extends Wrong {
  readonly stage: 'unknown' | 'misplaced' | 'count' | 'value' | 'version';
}

export interface Setting {
  readonly context: Context;
  /** `1.22.1`; null: the newest known. */
  readonly version: string | null;
  /** Names that the person has declared: directives of a module of their own. */
  readonly declared: ReadonlySet<string>;
}

/** Null where nginx would go on. A name or value with a template marker is not judged. */
export function judge(directive: Directive, setting: Setting): Verdict | null {
  const { called, phrase } = directive;
  const known = phrase === null ? signatures(called) : phrase.about.signatures;
  if (known.length > 0) return judgeAs(directive, known, setting);
  if (called === '' || directive.name.template || isFilledIn(called)) return null;
  const former = removedIn(called);
  // Where the version is not known, most servers are old enough to take what the newest does not.
  const isRemoved = former && setting.version !== null && !isOlder(setting.version, former.version);
  return former && !isRemoved ? judgeAs(directive, [former.signature], setting) : unknown(directive, setting);
}

/** `$NAME` of envsubst, `$(name)` of Penlight, `@NAME@` of configure scripts, `@if` of Blade, `$name` of Python: a template's, unless it is a directive behind a stray mark. */
function isFilledIn(name: string): boolean {
  if (!/[$@{]/.test(name)) return false;
  if (/\{|\$[A-Z(]|@\w+@/.test(name)) return true;
  return /^(?:\$\w+$|@)/.test(name) && signatures(name.slice(1)).length === 0;
}

function judgeAs(directive: Directive, known: readonly Signature[], setting: Setting): Verdict | null {
  const { called } = directive;
  const here = fitting(known, setting.context);
  if (here.length === 0) return misplaced(directive, known, setting.context);
  const since = setting.version === null ? null : sinceVersion(here);
  if (since && isOlder(setting.version, since)) return tooNew(directive, since, setting.version!);
  // The parser has spoken of a block without "{" and of "{" without a block.
  const opens = directive.block !== null;
  const signature = here[0]!.block === opens ? here[0]! : opening(here, opens);
  const given = directive.values.length - 1;
  if (!signature && called === 'server' && (opens || given > 0)) return serverElsewhere(directive, setting.context);
  // No phrase has any.
  if (!signature || (directive.phrase === null && hasTemplate(directive))) return null;
  if (given < signature.min || given > signature.max) return count(directive, signature);
  const wrong =
    (signature.value === '' ? null : checkValue(directive, signature)) ??
    checkParameters(directive, signature, setting);
  if (wrong) return { stage: 'value', ...wrong };
  return setting.version === null ? null : newerParameter(directive, setting.version);
}

function opening(here: readonly Signature[], opens: boolean): Signature | undefined {
  return here.find(({ block }) => block === opens);
}

/** In an argument. */
function hasTemplate({ args }: Directive): boolean {
  return args.some(({ template }) => template);
}

/** Those that may stand in `context`. */
const fitting = kept((known: readonly Signature[], context: Context): readonly Signature[] =>
  known.filter(({ contexts }) => contexts.includes(context)),
);

const CONTEXT_NAMES: Readonly<Record<Context, string>> = {
  main: 'the top level',
  events: 'events',
  http: 'http',
  server: 'server',
  location: 'location',
  upstream: 'upstream',
  'server-if': 'an if in server',
  'location-if': 'an if in location',
  limit_except: 'limit_except',
  stream: 'stream',
  'stream-server': 'a server in stream',
  'stream-upstream': 'an upstream in stream',
  mail: 'mail',
  'mail-server': 'a server in mail',
};

function unknown(directive: Directive, { context, version, declared }: Setting): Verdict | null {
  const { name } = directive;
  if (declared.has(name.value)) return null;
  const removed = removedIn(name.value);
  if (removed) {
    return {
      stage: 'version',
      span: name,
      message: `"${name.value}" is no directive since nginx ${removed.version}: use ${removed.instead}. nginx ${version} refuses to load this file.`,
    };
  }
  const other = otherDirective(name.value);
  if (other?.contexts.includes(context)) {
    const tooOld = other.since !== null && version !== null && isOlder(version, other.since);
    return tooOld ? tooNew(directive, other.since!, version) : null;
  }
  if (isThirdParty(name.value)) return null;
  const opens = directive.block !== null;
  const possible = directiveNames().filter((each) =>
    signatures(each).some(({ contexts, block }) => block === opens && contexts.includes(context)),
  );
  const meant = closest(name.value, possible) ?? closest(name.value, directiveNames());
  return {
    stage: 'unknown',
    span: name,
    message: `"${shown(name.value)}" is no directive that nginx knows${meant ? `: is "${meant}" meant?` : '.'} nginx refuses to load this file.`,
    ...(meant ? { fix: { title: `Write ${meant}`, span: { start: name.start, end: name.end }, newText: meant } } : {}),
  };
}

function misplaced({ name }: Directive, known: readonly Signature[], context: Context): Verdict {
  const places = [...new Set(known.flatMap(({ contexts }) => contexts))].map((each) => CONTEXT_NAMES[each]);
  return {
    stage: 'misplaced',
    span: name,
    message: `"${name.value}" cannot stand in ${CONTEXT_NAMES[context]}, only in ${list(places)}. nginx refuses to load this file.`,
  };
}

/** The line of an upstream that stands outside of it, which nginx takes for a server block; or such a block inside of it. */
function serverElsewhere({ name, block }: Directive, context: Context): Verdict {
  return {
    stage: 'misplaced',
    span: name,
    message: block
      ? `In ${CONTEXT_NAMES[context]} "server" opens no block: nginx expects "server host:port;" here and refuses to load this file.`
      : `In ${CONTEXT_NAMES[context]} "server" opens a block with "{"; the servers of a group stand in an upstream block. nginx refuses to load this file.`,
  };
}

function tooNew({ name }: Directive, since: string, version: string): Verdict {
  return {
    stage: 'version',
    span: name,
    message: `"${name.value}" came with nginx ${since}: nginx ${version} does not know it here and refuses to load this file.`,
  };
}

function newerParameter(directive: Directive, version: string): Verdict | null {
  const { name, args } = directive;
  for (const arg of args) {
    const since = sinceParameter(name.value, arg.value);
    if (since && isOlder(version, since)) {
      return {
        stage: 'version',
        span: arg,
        message: `"${arg.value}" of ${name.value} came with nginx ${since}: nginx ${version} refuses to load this file.`,
      };
    }
  }
  return null;
}

function count(directive: Directive, { min, max, value }: Signature): Verdict {
  const { name, args } = directive;
  const takes =
    max === 0
      ? 'no arguments'
      : min === max
        ? `${min} argument${min === 1 ? '' : 's'}`
        : max === Number.POSITIVE_INFINITY
          ? `at least ${min} argument${min === 1 ? '' : 's'}`
          : `${min} to ${max} arguments`;
  const extra = args[max];
  return {
    stage: 'count',
    span: extra ?? name,
    message: `"${name.value}" takes ${takes}${value === 'flag' ? ' (on or off)' : ''}, not ${args.length}. nginx refuses to load this file.`,
  };
}

function list(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words[words.length - 1]}`;
}

function shown(value: string): string {
  return value.length > 60 ? `${value.slice(0, 59)}…` : value;
}
