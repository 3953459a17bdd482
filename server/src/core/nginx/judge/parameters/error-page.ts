/** What is served instead: `error_page`, `try_files`, `index`. */
import { type Check, checkVariables, first, integer, isUnknown, refuse, shown } from './check';

export const checkErrorPage: Check = ({ args }) => {
  const uri = args[args.length - 1];
  const answer = args[args.length - 2];
  if (!uri || !answer) return null;
  const hasAnswer = answer.value.startsWith('=');
  if (hasAnswer && args.length === 2) {
    return refuse(
      answer,
      `The codes are missing before ${shown(answer.value)}: write error_page 404 ${answer.value} ${uri.value}`,
    );
  }
  if (hasAnswer && !isUnknown(answer) && answer.value !== '=' && integer(answer.value.slice(1)) === null) {
    return refuse(
      answer,
      `${shown(answer.value)} is no status code to answer with: write =200, or = for the code of the page`,
    );
  }
  const wrong = checkVariables(uri);
  if (wrong) return wrong;
  return first(args.slice(0, hasAnswer ? -2 : -1), (word) => {
    if (isUnknown(word)) return null;
    const code = integer(word.value);
    if (code !== null && code >= 300 && code <= 599 && code !== 499) return null;
    return refuse(
      word,
      code === 499
        ? 'error_page cannot catch 499: the client is gone, nobody would see the page'
        : `${shown(word.value)} is no status code that error_page can catch: write numbers from 300 to 599, then the URI`,
    );
  });
};

export const checkTryFiles: Check = ({ args }) => {
  const wrong = first(args, (word) => checkVariables(word));
  if (wrong) return wrong;
  const last = args[args.length - 1];
  if (!last?.value.startsWith('=') || isUnknown(last) || last.value.includes('$')) return null;
  const code = integer(last.value.slice(1));
  return code === null || code > 999
    ? refuse(last, `${shown(last.value)} is no status code: write =404, a URI or a named location`)
    : null;
};

export const checkIndex: Check = ({ args }) =>
  first(args, (word) =>
    word.value === '' ? refuse(word, 'The name of an index file cannot be empty') : checkVariables(word),
  );
