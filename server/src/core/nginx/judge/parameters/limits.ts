/** `limit_req`, `limit_conn` and their zones. */
import type { Word } from '../../tree';
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

/** `limit_req_zone` and `limit_conn_zone`. */
export const checkLimitZone: Check = (directive, setting) => {
  const [key, ...parameters] = directive.args;
  if (!key) return null;
  const zones = parameters.filter(({ value }) => value.startsWith('zone='));
  const isRequests = directive.called === 'limit_req_zone';
  const wrong =
    checkVariables(key) ??
    first(parameters, (word) => {
      if (isUnknown(word)) return null;
      // Of two zones the last gives the name.
      if (word.value.startsWith('zone=:') && word !== zones[zones.length - 1]) return null;
      if (word.value.startsWith('zone=')) return checkZone(word, isRequests ? 'zone=name:10m' : 'zone=addr:10m');
      if (isRequests && word.value.startsWith('rate=')) return checkRate(word);
      // NGINX Plus.
      if (isRequests && word.value === 'sync' && setting.version === null) return null;
      return noParameter(directive, word, isRequests ? ['zone=NAME:SIZE', 'rate=10r/s'] : ['zone=NAME:SIZE']);
    });
  if (wrong || anyUnknown(directive)) return wrong;
  return zones.length > 0
    ? null
    : refuse(parameters[0] ?? directive.name, `The zone of ${directive.called} is missing: write zone=name:10m`);
};

function checkZone(word: Word, example: string): Wrong | null {
  const problem = zoneProblem(word.value.slice(5), 8);
  return problem === null
    ? null
    : refuse(word, `${shown(word.value)} makes no zone, ${problem.replace('name:10m', example)}`);
}

function checkRate(word: Word): Wrong | null {
  const [, count, unit] = /^rate=(.*?)(r\/[sm])?$/s.exec(word.value)!;
  if (integer(count!)) return null;
  const [, number, per] = /^(\d+) ?(?:r|req|requests?)?\/?([smh])/i.exec(count!) ?? [];
  const meant =
    number && Number(number) > 0 && !unit && /[sm]/i.test(per!) ? `rate=${number}r/${per!.toLowerCase()}` : null;
  return refuse(
    word,
    `${shown(word.value)} is no rate: write requests per second or minute, such as rate=10r/s or rate=30r/m`,
    meant && !word.quote
      ? { title: `Write ${meant}`, span: { start: word.start, end: word.end }, newText: meant }
      : undefined,
  );
}

export const checkLimitReq: Check = (directive) => {
  const { args } = directive;
  const wrong = first(args, (word) => {
    if (isUnknown(word) || word.value === 'nodelay' || word.value.startsWith('zone=')) return null;
    const [, key, value] = /^(burst|delay)=([\s\S]*)$/.exec(word.value) ?? [];
    if (key === undefined) return noParameter(directive, word, ['zone=NAME', 'burst=N', 'delay=N', 'nodelay']);
    return integer(value!)
      ? null
      : refuse(
          word,
          `${shown(value!)} is no value for the parameter ${key} of limit_req: write a whole number above 0`,
        );
  });
  if (wrong || anyUnknown(directive)) return wrong;
  return args.some(({ value }) => value.startsWith('zone='))
    ? null
    : refuse(args[0]!, 'The zone of limit_req is missing: write zone=name, as a limit_req_zone calls it');
};

export const checkLimitConn: Check = ({ args }) => {
  const count = args[1];
  if (!count || isUnknown(count)) return null;
  const number = integer(count.value);
  return number && number <= 65_535
    ? null
    : refuse(count, `${shown(count.value)} is no number of connections: write a number from 1 to 65535`);
};
