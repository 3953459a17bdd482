/** What a problem says: what is wrong, what php-fpm does, what is accepted. */
import type { ProblemCode } from './tree';

/** `text` is the text of the problem's span. */
export function message(code: ProblemCode, text: string): string {
  const shown = text.length > 60 ? `${text.slice(0, 60)}…` : text;
  switch (code) {
    case 'hash-comment':
      return 'php-fpm does not take "#" as a comment and refuses to start: comments start with ";".';
    case 'missing-value':
      return `"${shown}" has no "=" and php-fpm refuses to start: write "key = value", or ";" before a comment.`;
    case 'indented-section':
      return 'A space before "[" makes php-fpm read a key instead of a section, and it refuses to start: start the line with "[".';
    case 'unclosed-section':
      return `The section "${shown}" is not closed by "]" and php-fpm refuses to start.`;
    case 'unclosed-key':
      return `The brackets of "${shown}" are not closed by "]" and php-fpm refuses to start.`;
    case 'unclosed-quote':
      return `The quote in "${shown}" is not closed on its line and php-fpm refuses to start: php-fpm reads every line on its own.`;
    case 'unclosed-variable':
      return `"\${${shown.replace(/^\$\{/, '')}" is no variable and php-fpm refuses to start: write "\${NAME}".`;
    case 'unclosed-parenthesis':
      return `"${shown}" starts a calculation and does not close it, and php-fpm refuses to start: put the value in double quotes.`;
    case 'empty-single-quotes':
      return `php-fpm cannot read '' and refuses to start: write "" or leave the value out.`;
    case 'keyword-in-text':
      return `"${shown}" is a keyword with a meaning of its own, and php-fpm refuses to start when other text stands beside it: put the whole value in double quotes.`;
    case 'keyword-as-key':
      return `"${shown}" is a keyword and cannot be a key: php-fpm refuses to start.`;
    case 'reserved-character':
      return `"${shown}" cannot stand here and php-fpm refuses to start: put a value that holds it in double quotes.`;
    case 'syntax-error':
      return `php-fpm cannot read "${shown}" and refuses to start: put the value in double quotes.`;
  }
}
