/** What is left: processes, names of servers, files, rules of access. */
import type { Directive, Word } from '../../tree';
import { readRegex } from '../regex/read';
import { isSize, isTime } from '../values';
import { hostProblem, isCidr, readUrl } from './address';
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
} from './check';
import { checkRegex } from './regex';

/** A check of the first word alone; `form` says what it takes. */
function word(accepts: (value: string) => boolean, form: string): Check {
  return ({ args, name }) => {
    const [value] = args;
    return !value || isUnknown(value) || accepts(value.value)
      ? null
      : refuse(value, `${shown(value.value)} is no value for ${name.value}: write ${form}`);
  };
}

export const checkWorkerProcesses = word(
  (value) => value === 'auto' || integer(value) !== null,
  'auto or a whole number',
);
export const checkWorkerConnections = word((value) => (integer(value) ?? 0) > 0, 'a whole number above 0');
export const checkWorkerPriority = word(
  (value) => integer(value.replace(/^[+-]/, '')) !== null,
  'a whole number such as -5, lower for more of the processor',
);
const METHODS = ['epoll', 'kqueue', 'poll', 'select', '/dev/poll', 'eventport', 'iocp', 'win32_select', 'win32_poll'];
export const checkUse = word((value) => METHODS.includes(value), 'epoll, kqueue, poll or select');
export const checkDirectio = word((value) => value === 'off' || isSize(value, 'kmg'), 'off or a size such as 4m');
export const checkProtocol = word((value) => ['imap', 'pop3', 'smtp'].includes(value), 'imap, pop3 or smtp');
export const checkStartTls = word((value) => ['off', 'on', 'only'].includes(value.toLowerCase()), 'off, on or only');
export const checkDegradation = word((value) => value.startsWith('sbrk=') && isSize(value.slice(5), 'km'), 'sbrk=SIZE');
export const checkGeoipProxy = word(
  (value) => value === '255.255.255.255' || isCidr(value),
  'a network such as 192.0.2.0/24',
);

export const checkAio: Check = ({ args }) => {
  const [value] = args;
  if (!value || isUnknown(value) || ['on', 'off', 'threads'].includes(value.value)) return null;
  if (value.value.startsWith('threads=')) return checkVariables(value, 8);
  return refuse(value, `${shown(value.value)} is no value for aio: write on, off, threads or threads=NAME`);
};

export const checkCpuAffinity: Check = ({ args }) => {
  const isAuto = args[0]?.value === 'auto';
  if (isAuto && args.length > 2) return refuse(args[2]!, 'One mask at most follows auto');
  return first(isAuto ? args.slice(1) : args, (mask) =>
    isUnknown(mask) || /^[01 ]*$/.test(mask.value)
      ? null
      : refuse(mask, `${shown(mask.value)} is no mask of processors: write 0 and 1, such as 0101, or auto`),
  );
};

export const checkKeepaliveTimeout: Check = ({ args }) => {
  const [timeout, header] = args;
  for (const [value, seconds] of [
    [timeout, false],
    [header, true],
  ] as const) {
    if (value && !isUnknown(value) && !isTime(value.value, seconds)) {
      return refuse(
        value,
        `${shown(value.value)} is no time: write 65s or 2m${seconds ? '' : ', 0 to close after each answer'}`,
      );
    }
  }
  return null;
};

/** What nearly every name is. */
const ORDINARY_NAME = /^[A-Za-z0-9][\w.-]*$/;

export const checkServerName: Check = (directive, setting) => {
  if (directive.values.every((value) => ORDINARY_NAME.test(value))) return null;
  return first(directive.args, (name) => {
    if (isUnknown(name)) return null;
    const { value } = name;
    if (value === '~') return refuse(name, 'The regular expression behind "~" is missing');
    if (value.startsWith('~')) return checkRegex(name, setting, 1);
    return (value.startsWith('*') && (value.length < 3 || value[1] !== '.')) || value === '.'
      ? refuse(
          name,
          `${shown(value)} is no name of a server: a "*" stands before a dot, as in *.example.com; for every other name write "_" and default_server in listen`,
        )
      : null;
  });
};

/** `root` and `alias`. */
export const checkRoot: Check = (directive, { context }) => {
  if (directive.called === 'root' && !directive.values[1]?.includes('$')) return null;
  const path = directive.args[0];
  if (!path || isUnknown(path)) return null;
  // The directive around is looked at where it matters only: what holds wherever a line stands is judged once.
  const parent = directive.called === 'alias' && context === 'location' ? directive.parent : null;
  const named = parent?.called === 'location' && parent.args.length === 1 ? parent.values[1]! : '';
  if (named.startsWith('@')) {
    return refuse(
      directive.name,
      `"alias" cannot stand in the named location ${shown(named)}, which has no prefix to replace: write root`,
    );
  }
  if (!path.value.includes('$')) return null;
  const [, own] = /\$\{?(document_root|realpath_root)/.exec(path.value) ?? [];
  if (own && (!path.value.includes(`\${${own}`) || path.value.includes(`\${${own}}`))) {
    return refuse(path, `"$${own}" is made from ${directive.called} and cannot be used in it`);
  }
  return checkVariables(path);
};

export const checkDisableSymlinks: Check = (directive) => {
  const { args } = directive;
  if (anyUnknown(directive)) return null;
  const wrong = first(args, (value) =>
    ['off', 'on', 'if_not_owner'].includes(value.value)
      ? null
      : value.value.startsWith('from=')
        ? checkVariables(value, 5)
        : noParameter(directive, value, ['off', 'on', 'if_not_owner', 'from=PATH']),
  );
  if (wrong) return wrong;
  const from = args.find(({ value }) => value.startsWith('from='));
  const how = args.filter(({ value }) => !value.startsWith('from='));
  if (how.length === 0) return refuse(args[0]!, '"from=" needs on or if_not_owner beside it');
  if (args.length < 2) return null;
  if (!from)
    return refuse(
      args[1]!,
      `disable_symlinks takes one of on, off and if_not_owner, and has ${shown(args[0]!.value)} already`,
    );
  return how[0]!.value === 'off' ? refuse(from, '"from=" cannot be used with off') : null;
};

/** `allow` and `deny`. */
export const checkAccessRule: Check = ({ args, name }) => {
  const [rule] = args;
  if (!rule || isUnknown(rule) || ['all', 'unix:', '255.255.255.255'].includes(rule.value) || isCidr(rule.value))
    return null;
  return refuse(
    rule,
    `${shown(rule.value)} is nothing to ${name.value}: write an address, a network such as 192.0.2.0/24, unix: or all. Host names are not looked up`,
  );
};

/** `set_real_ip_from` and `debug_connection`, which take host names too. */
export const checkTrusted: Check = ({ args, name }) => {
  const [from] = args;
  if (!from || isUnknown(from) || from.value === 'unix:' || isCidr(from.value)) return null;
  const problem = hostProblem(from.value);
  return problem === null
    ? null
    : refuse(
        from,
        `${shown(from.value)} is no value for ${name.value}, ${problem}: write an address, a network such as 192.0.2.0/24 or unix:`,
      );
};

export const checkGzipDisable: Check = ({ args }, setting) =>
  first(args, (value) => (['msie6', 'degradation'].includes(value.value) ? null : checkRegex(value, setting)));

export const checkSplitPathInfo: Check = ({ args }, setting) => {
  const [regex] = args;
  if (!regex || isUnknown(regex)) return null;
  const read = readRegex(regex.value);
  if ('problem' in read) return checkRegex(regex, setting);
  return read.captures === null || read.captures === 2
    ? null
    : refuse(
        regex,
        `${shown(regex.value)} must have two groups, the script and the path behind it, not ${read.captures}: write ^(.+\\.php)(/.+)$`,
      );
};

const BROWSERS = ['opera', 'msie', 'gecko', 'safari', 'konqueror'];

export const checkModernBrowser: Check = (directive) => {
  const [browser, version] = directive.args;
  if (!browser || isUnknown(browser)) return null;
  if (!version)
    return browser.value === 'unlisted'
      ? null
      : noParameter(directive, browser, ['unlisted'], 'unlisted, or a browser and its version');
  if (!BROWSERS.includes(browser.value.toLowerCase())) return noParameter(directive, browser, BROWSERS);
  return isUnknown(version) || /^[\d.]*$/.test(version.value)
    ? null
    : refuse(version, `${shown(version.value)} is no version of a browser: write digits and dots`);
};

export const checkThreadPool: Check = (directive) => {
  const [, ...parameters] = directive.args;
  if (anyUnknown(directive)) return null;
  let threads = false;
  const wrong = first(parameters, (parameter) => {
    const [, key, value] = /^(threads|max_queue)=([\s\S]*)$/.exec(parameter.value) ?? [];
    // nginx passes over a word that it does not know.
    if (key === undefined) return null;
    const number = integer(value!);
    if (key === 'threads') threads = true;
    return number === null || (key === 'threads' && number === 0)
      ? refuse(parameter, `${shown(value!)} is no value for the parameter ${key} of thread_pool: write a whole number`)
      : null;
  });
  return (
    wrong ??
    (threads ? null : refuse(parameters[0] ?? directive.name, 'thread_pool must have "threads": write threads=32'))
  );
};

export const checkImageFilter: Check = (directive) => {
  const [what, ...sizes] = directive.args;
  if (!what || anyUnknown(directive)) return null;
  const wanted = sizes.length === 0 ? ['off', 'test', 'size'] : sizes.length === 1 ? ['rotate'] : ['resize', 'crop'];
  if (!wanted.includes(what.value)) {
    return noParameter(
      directive,
      what,
      wanted,
      'off, test, size, rotate 90|180|270, resize WIDTH HEIGHT or crop WIDTH HEIGHT',
    );
  }
  return first(sizes, (size) => {
    if (size.value.includes('$')) return checkVariables(size);
    const isRight =
      what.value === 'rotate'
        ? ['90', '180', '270'].includes(String(Number(size.value))) && /^\d+$/.test(size.value)
        : size.value === '-' || integer(size.value);
    return isRight
      ? null
      : refuse(
          size,
          `${shown(size.value)} is no value for image_filter ${what.value}: write ${what.value === 'rotate' ? '90, 180 or 270' : 'a number of pixels, or -'}`,
        );
  });
};

/** mail's `auth_http`. */
export const checkAuthHttp: Check = ({ args }) => {
  const [server] = args;
  if (!server || isUnknown(server)) return null;
  const url = readUrl(server.value.replace(/^http:\/\//, ''), { uri: true });
  const problem = typeof url === 'string' ? url : url.kind === 'tcp' ? hostProblem(url.host) : null;
  return problem === null
    ? null
    : refuse(server, `${shown(server.value)} is no server to ask, ${problem}: write localhost:9000/auth`);
};

/** Its last word, which `least_time` takes besides the one that is checked as a value. */
export const checkLeastTime: Check = (directive): Wrong | null => {
  const how: Word | undefined = directive.args[1];
  return how && !isUnknown(how) && how.value !== 'inflight' ? noParameter(directive, how, ['inflight']) : null;
};

/** The first word is a name, the second holds variables. */
export const checkSecond: Check = ({ args }: Directive) => (args[1] ? checkVariables(args[1]) : null);
