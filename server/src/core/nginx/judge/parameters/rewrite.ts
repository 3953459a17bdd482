/** The rewrite module: `if`, `rewrite`, `return`, `set`. */
import type { Directive, Word } from '../../tree';
import {
  anyUnknown,
  type Check,
  checkVariables,
  integer,
  isUnknown,
  noParameter,
  refuse,
  shown,
  type Wrong,
} from './check';
import { checkRegex } from './regex';

const FORMS =
  'write ($variable), ($variable = text), != text, ~ regex, ~* regex, !~ regex, !~* regex, or -f, -d, -e, -x with a path';

export const checkIf: Check = (directive, setting) => {
  const { args } = directive;
  const [opening] = args;
  const closing = args[args.length - 1];
  if (!opening || !closing || anyUnknown(directive)) return null;
  if (!opening.value.startsWith('(')) {
    return refuse(opening, `The condition of an "if" stands in parentheses: write if (${text(args)})`, around(args));
  }
  if (!closing.value.endsWith(')')) {
    return refuse(
      closing,
      `The ")" that closes the condition of the "if" is missing behind ${shown(closing.value)}`,
      behind(closing),
    );
  }
  const words = condition(args);
  const [subject, operator, operand] = words;
  if (!subject) return refuse(opening, `The condition of the "if" is empty: ${FORMS}`);
  if (subject.value.length > 1 && subject.value.startsWith('$')) {
    if (words.length === 1) return null;
    if (words.length !== 3) {
      const hint =
        words.length > 3 && !words.some(({ word }) => word.quote)
          ? ', text with blanks in quotes; nginx knows no && or ||'
          : '';
      return refuse(subject.word, `${shown(text(args))} is no condition: ${FORMS}${hint}`);
    }
    switch (operator!.value) {
      case '=':
      case '!=':
        return checkVariables(trimmed(operand!));
      case '~':
      case '~*':
      case '!~':
      case '!~*':
        return checkRegex(trimmed(operand!), setting);
      default: {
        const meant = { '==': '=', '===': '=', '!==': '!=', '<>': '!=', '=~': '~', eq: '=', ne: '!=' }[operator!.value];
        return refuse(
          operator!.word,
          `${shown(operator!.value)} compares nothing in an "if": write =, !=, ~, ~*, !~ or !~*`,
          meant && !operator!.word.quote
            ? {
                title: `Write ${meant}`,
                span: { start: operator!.word.start, end: operator!.word.end },
                newText: meant,
              }
            : undefined,
        );
      }
    }
  }
  if (/^!?-[\s\S]$/.test(subject.value)) {
    if (words.length !== 2) return refuse(subject.word, `One path must follow ${shown(subject.value)} in an "if"`);
    const wrong = checkVariables(trimmed(operator!));
    if (wrong) return wrong;
    if (/^!?-[fdex]$/.test(subject.value)) return null;
  }
  const bare = /^\w+$/.test(subject.value) && words.length !== 2;
  return refuse(
    subject.word,
    bare
      ? `A condition starts with a variable, not with ${shown(subject.value)}: write $${subject.value}`
      : `${shown(subject.value)} starts no condition: ${FORMS}`,
  );
};

interface Part {
  readonly value: string;
  readonly word: Word;
}

/** The words of a condition without its parentheses, as nginx takes them off. */
function condition(args: readonly Word[]): Part[] {
  const parts = args.map((word) => ({ value: word.value, word }));
  const [opening] = parts;
  if (opening!.value.length === 1) parts.shift();
  else parts[0] = { ...opening!, value: opening!.value.slice(1) };
  const closing = parts.pop();
  if (closing && closing.value.length > 1) parts.push({ ...closing, value: closing.value.slice(0, -1) });
  return parts;
}

function trimmed({ value, word }: Part): Word {
  return { ...word, value };
}

function text(args: readonly Word[]): string {
  return args.map(({ value }) => value).join(' ');
}

function around(args: readonly Word[]): Wrong['fix'] {
  const word = args[0]!;
  if (args.length !== 1 || word.quote || /[()]/.test(word.value)) return undefined;
  return { title: `Write (${word.value})`, span: { start: word.start, end: word.end }, newText: `(${word.value})` };
}

function behind(word: Word): Wrong['fix'] {
  return { title: 'Insert )', span: { start: word.end, end: word.end }, newText: ')' };
}

const FLAGS = ['last', 'break', 'redirect', 'permanent'];

export const checkRewrite: Check = (directive, setting) => {
  const [regex, replacement, flag] = directive.args;
  if (!regex || !replacement) return null;
  if (replacement.value === '') {
    return refuse(replacement, 'The replacement of a rewrite cannot be empty: write / for the root');
  }
  const wrong = checkRegex(regex, setting);
  if (wrong) return wrong;
  if (flag && !isUnknown(flag) && !FLAGS.includes(flag.value)) return noParameter(directive, flag, FLAGS);
  return checkVariables(
    replacement.value.endsWith('?') ? { ...replacement, value: replacement.value.slice(0, -1) } : replacement,
  );
};

export const checkReturn: Check = (directive) => {
  const [code, more] = directive.args;
  if (!code || isUnknown(code)) return null;
  const number = integer(code.value);
  if (number !== null) {
    return number > 999
      ? refuse(code, `${shown(code.value)} is no status code: write a number up to 999`)
      : more
        ? checkVariables(more)
        : null;
  }
  if (!more && /^(?:https?:\/\/|\$scheme)/.test(code.value)) return checkVariables(code);
  return refuse(
    code,
    more
      ? `${shown(code.value)} is no status code: write a number such as 200 or 301, then the text or URL`
      : `${shown(code.value)} is neither a status code nor a URL that starts with http://, https:// or $scheme: write return 301 and the URL behind it`,
    !more && /^[/$]/.test(code.value)
      ? { title: `Write 302 ${code.value}`, span: { start: code.start, end: code.start }, newText: '302 ' }
      : undefined,
  );
};

/** A word that names a variable to set; nginx takes any character behind the `$`. */
export function checkNewVariable(word: Word, directive: Directive): Wrong | null {
  if (isUnknown(word)) return null;
  const { value } = word;
  if (value.startsWith('$') && value.length > 1) return null;
  return refuse(
    word,
    `${shown(value)} is no variable that ${directive.called} could set: it starts with a "$"`,
    !word.quote && /^\w+$/.test(value)
      ? { title: `Write $${value}`, span: { start: word.start, end: word.start }, newText: '$' }
      : undefined,
  );
}

/** `set`, `auth_request_set`, `perl_set`. */
export const checkSet: Check = (directive) => {
  const [variable, value] = directive.args;
  if (!variable || !value) return null;
  return checkNewVariable(variable, directive) ?? (directive.called === 'perl_set' ? null : checkVariables(value));
};
