/** `resolver` of http, stream, mail and upstream. */
import { isTime } from '../values';
import { hostProblem, readUrl } from './address';
import { anyUnknown, type Check, first, isUnknown, knows, refuse, shown, tooNew } from './check';

export const checkResolver: Check = (directive, setting, { type }) => {
  const { args } = directive;
  if (type === 'mail' && args[0]?.value === 'off') return null;
  const off = new Set<string>();
  let servers = 0;
  const wrong = first(args, (word) => {
    if (isUnknown(word)) return null;
    const [, key, value] = /^(valid|ipv4|ipv6|status_zone)=([\s\S]*)$/.exec(word.value) ?? [];
    switch (key) {
      case 'valid':
        return isTime(value!, true)
          ? null
          : refuse(word, `${shown(value!)} is no value for the parameter valid of resolver: write a time such as 30s`);
      case 'ipv4':
      case 'ipv6':
        if (key === 'ipv4' && !knows(setting, '1.23.1')) return tooNew(word, '1.23.1', setting);
        if (value === 'off') off.add(key);
        return value === 'on' || value === 'off'
          ? null
          : refuse(word, `${shown(value!)} is no value for the parameter ${key} of resolver: write on or off`);
      case 'status_zone':
        // NGINX Plus.
        return setting.version === null ? null : refuse(word, '"status_zone" is known to NGINX Plus only');
    }
    // OpenResty: the name servers of /etc/resolv.conf.
    if (word.value === 'local=on' && setting.version === null) {
      servers++;
      return null;
    }
    servers++;
    const url = readUrl(word.value);
    const problem = typeof url === 'string' ? url : url.kind === 'tcp' ? hostProblem(url.host) : null;
    return problem === null
      ? null
      : refuse(
          word,
          `${shown(word.value)} is no name server, ${problem}: write addresses such as 127.0.0.53 or [::1]:5353, then valid=30s or ipv6=off`,
        );
  });
  if (wrong || anyUnknown(directive)) return wrong;
  if (off.size === 2) return refuse(args[args.length - 1]!, 'A resolver with ipv4=off and ipv6=off finds no addresses');
  return servers === 0 ? refuse(args[0]!, 'The address of a name server is missing: write resolver 127.0.0.53') : null;
};
