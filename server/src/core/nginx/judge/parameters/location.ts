/** `location`: its modifier, its expression, where it is nested. */
import { closest } from '../../../text/spelling';
import type { Directive, Word } from '../../tree';
import { anyUnknown, type Check, isUnknown, knows, noParameter, refuse, shown, type Wrong } from './check';
import { checkRegex } from './regex';

interface Place {
  readonly kind: 'prefix' | 'exact' | 'regex' | 'named';
  /** As nginx keeps it: without the modifier. */
  readonly name: string;
  /** The word that holds the name, and how many characters stand before it. */
  readonly word: Word;
  readonly skip: number;
}

const MODIFIERS: Readonly<Record<string, Place['kind']>> = {
  '=': 'exact',
  '^~': 'prefix',
  '~': 'regex',
  '~*': 'regex',
};

/** Null where the modifier is none. */
function place({ args }: Directive): Place | null {
  const [first, second] = args;
  if (!first) return null;
  if (second) {
    const kind = MODIFIERS[first.value];
    return kind ? { kind, name: second.value, word: second, skip: 0 } : null;
  }
  for (const modifier of ['=', '^~', '~*', '~']) {
    if (!first.value.startsWith(modifier)) continue;
    return { kind: MODIFIERS[modifier]!, name: first.value.slice(modifier.length), word: first, skip: modifier.length };
  }
  return { kind: first.value.startsWith('@') ? 'named' : 'prefix', name: first.value, word: first, skip: 0 };
}

export const checkLocation: Check = (directive, setting) => {
  const [first] = directive.args;
  if (!first || isUnknown(first)) return null;
  const own = place(directive);
  if (!own) {
    return noParameter(
      directive,
      first,
      ['=', '~', '~*', '^~'],
      '= (exactly), ^~ (prefix, no regular expression after it), ~ and ~* (regular expression)',
    );
  }
  if (isUnknown(own.word)) return null;
  const wrong = own.kind === 'regex' ? checkRegex(own.word, setting, own.skip) : null;
  if (wrong) return wrong;
  if (setting.context !== 'location') return null;
  const { parent } = directive;
  if (parent?.called === 'location') return checkNesting(directive, parent);
  return own.kind === 'named' ? namedInside(own) : null;
};

/** What nginx says of `directive` because it stands in `around`, another location, as written or by an include. */
export function checkNesting(directive: Directive, around: Directive): Wrong | null {
  // "location /a {" and "location /b {" may be two beginnings of one block.
  if (around.block?.templated) return null;
  const own = anyUnknown(directive) ? null : place(directive);
  if (!own) return null;
  const outer = anyUnknown(around) ? null : place(around);
  if (outer?.kind === 'exact' || outer?.kind === 'named') {
    return refuse(
      own.word,
      `No location can stand inside the ${outer.kind === 'exact' ? 'exact' : 'named'} location ${shown(outer.name)}: put ${shown(own.name)} beside it`,
    );
  }
  if (own.kind === 'named') return namedInside(own);
  // Some file systems, and nginx with them, do not tell case.
  if (outer && own.kind !== 'regex' && !own.name.toLowerCase().startsWith(outer.name.toLowerCase())) {
    return refuse(
      own.word,
      outer.kind === 'regex'
        ? `Only locations with a regular expression can stand inside the location ${shown(outer.name)}, which has one: write "~ ${own.name}", or put it beside`
        : `The location ${shown(own.name)} must begin with ${shown(outer.name)}, the location around it: put it beside`,
    );
  }
  return null;
}

function namedInside({ word, name }: Place): Wrong {
  return refuse(word, `The named location ${shown(name)} can stand only in a server, not in a location`);
}

const METHODS = [
  ...['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'MKCOL', 'COPY', 'MOVE', 'OPTIONS', 'PROPFIND', 'PROPPATCH', 'LOCK'],
  ...['UNLOCK', 'PATCH'],
];

export const checkLimitExcept: Check = (directive, setting) => {
  for (const word of directive.args) {
    const method = word.value.toUpperCase();
    if (isUnknown(word) || METHODS.includes(method)) continue;
    // Newer releases learn methods; a slip is told from those by its likeness.
    if (knows(setting, '1.29.0') && closest(method, METHODS) === null) continue;
    return noParameter(directive, word, METHODS);
  }
  return null;
};
