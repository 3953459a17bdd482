/** Values: strings, `${…}`, and the calculations of php's INI grammar (Zend/zend_ini_parser.y). */
import type { Token } from './scanner';

/** Walks over the tokens of one line; the last token is `end` and is never passed. */
export interface Reader {
  readonly tokens: readonly Token[];
  at: number;
}

export interface Read {
  readonly value: string;
  readonly known: boolean;
}

export function peek(reader: Reader): Token {
  return reader.tokens[reader.at]!;
}

/** What stands behind a `=`; null at a token that cannot be part of a value, where the reader then stands. */
export function readValue(reader: Reader): Read | null {
  const token = peek(reader);
  if (token.type === 'line-end' || token.type === 'comment') return { value: '', known: true };
  if (token.type === 'true' || token.type === 'false') {
    reader.at++;
    return { value: token.text, known: true };
  }
  return expression(reader, 0);
}

/** Text in one or more pieces: a value, a section's name, a key's brackets. `null` when there is none or it breaks off. */
export function readText(reader: Reader, constants: boolean): Read | null {
  let value = '';
  let known = true;
  let pieces = 0;
  for (; ; pieces++) {
    const token = peek(reader);
    if (token.type === 'raw' || token.type === 'string' || token.type === 'space') {
      value += token.text;
      reader.at++;
    } else if (token.type === 'constant') {
      value += (constants ? CONSTANTS.get(token.text) : undefined) ?? token.text;
      reader.at++;
    } else if (token.type === 'variable') {
      const name = variable(reader);
      if (name === null) return null;
      value += name;
      known = false;
    } else if (token.type === 'quote') {
      reader.at++;
      while (peek(reader).type !== 'quote') {
        if (peek(reader).type === 'quoted') value += reader.tokens[reader.at++]!.text;
        else if (peek(reader).type === 'variable') {
          const name = variable(reader);
          if (name === null) return null;
          value += name;
          known = false;
        } else return null;
      }
      reader.at++;
    } else break;
  }
  return pieces > 0 ? { value, known } : null;
}

/** `${NAME}`: PHP looks NAME up in php.ini, then in the environment, and takes nothing when it is in neither. */
function variable(reader: Reader): string | null {
  const [, name, end] = reader.tokens.slice(reader.at, reader.at + 3);
  reader.at++;
  if (name?.type !== 'variable-name') return null;
  reader.at++;
  if (end?.type !== 'variable-end') return null;
  reader.at++;
  return `\${${name.text}}`;
}

// All of | & ^ have the same precedence and go from left to right (%left in the grammar), unlike in PHP itself.
function expression(reader: Reader, depth: number): Read | null {
  let left = operand(reader, depth);
  while (left) {
    const operator = peek(reader);
    if (operator.type !== 'operator' || !'|&^'.includes(operator.text)) break;
    reader.at++;
    const right = operand(reader, depth);
    left = right && operate(operator.text, left, right);
  }
  return left;
}

// The grammar's own stack ends at 10000 entries (bison's YYMAXDEPTH); ours, at a depth no real file comes near.
const MAX_DEPTH = 1000;

function operand(reader: Reader, depth: number): Read | null {
  const prefixes: string[] = [];
  for (let token = peek(reader); token.type === 'operator' && '~!'.includes(token.text); token = peek(reader)) {
    prefixes.push(token.text);
    reader.at++;
  }
  let result: Read | null;
  if (isOperator(peek(reader), '(')) {
    if (depth === MAX_DEPTH) return null;
    reader.at++;
    result = expression(reader, depth + 1);
    if (!result || !isOperator(peek(reader), ')')) return null;
    reader.at++;
  } else result = readText(reader, true);
  for (const prefix of prefixes.reverse()) {
    if (!result) return null;
    const number = toInteger(result.value);
    result = { value: String(prefix === '~' ? ~number : Number(number === 0)), known: result.known };
  }
  return result;
}

function isOperator(token: Token, text: string): boolean {
  return token.type === 'operator' && token.text === text;
}

function operate(operator: string, left: Read, right: Read): Read {
  const a = toInteger(left.value);
  const b = toInteger(right.value);
  const result = operator === '|' ? a | b : operator === '&' ? a & b : a ^ b;
  return { value: String(result), known: left.known && right.known };
}

/** C's atoi(), into an int: the number the text starts with, else 0; too large ones keep their low 32 bits. */
export function toInteger(text: string): number {
  const digits = /^[ \t\n\v\f\r]*([+-]?)0*(\d{0,20})/.exec(text)!;
  const limit = 0x7fffffffffffffffn;
  let number = BigInt(digits[2] || '0');
  if (number > limit) number = limit + (digits[1] === '-' ? 1n : 0n);
  return Number(BigInt.asIntN(32, digits[1] === '-' ? -number : number));
}

/** The constants that configuration uses, with the values of PHP 8.2 and 8.3 (`E_ALL` has lost 2048 in PHP 8.4). */
const CONSTANTS: ReadonlyMap<string, string> = new Map([
  ['E_ERROR', '1'],
  ['E_WARNING', '2'],
  ['E_PARSE', '4'],
  ['E_NOTICE', '8'],
  ['E_CORE_ERROR', '16'],
  ['E_CORE_WARNING', '32'],
  ['E_COMPILE_ERROR', '64'],
  ['E_COMPILE_WARNING', '128'],
  ['E_USER_ERROR', '256'],
  ['E_USER_WARNING', '512'],
  ['E_USER_NOTICE', '1024'],
  ['E_STRICT', '2048'],
  ['E_RECOVERABLE_ERROR', '4096'],
  ['E_DEPRECATED', '8192'],
  ['E_USER_DEPRECATED', '16384'],
  ['E_ALL', '32767'],
]);
