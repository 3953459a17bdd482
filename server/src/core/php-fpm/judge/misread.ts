/** Values that php-fpm takes without a word and reads otherwise than meant. */

import { parseListen } from '../address';
import { fpmDirective } from '../catalogue';
import type { Setting } from '../tree';
import { isPlaceholder, isPlainTime, toSeconds } from './value';

export interface Misread {
  readonly message: string;
  readonly meant?: string;
}

/** Null where the value is read as it looks. `all`: the settings of the section. */
export function misread(setting: Setting, all: readonly Setting[]): Misread | null {
  const { key, sub, value, known } = setting;
  if (!known || sub !== null || value === '' || isPlaceholder(value)) return null;
  const directive = fpmDirective(key, 'pool') ?? fpmDirective(key, 'global');
  if (!directive) return null;
  if (directive.type === 'time' && /[0-9smhd]$/.test(value) && !isPlainTime(value)) {
    return {
      message: `php-fpm reads "${cut(value)}" as ${toSeconds(value)} s: one whole number and one of s, m, h, d are read, no more.`,
    };
  }
  switch (directive.name) {
    case 'listen.mode':
      return checkMode(value);
    case 'listen.allowed_clients':
      // Who comes over a Unix socket is not asked.
      return all.some(isUnixListen) ? null : checkClients(value);
    case 'security.limit_extensions':
      return /[,;]/.test(value)
        ? {
            message: `php-fpm separates extensions by spaces: "${cut(value.split(/\s/).find((word) => /[,;]/.test(word))!)}" is one that no script has, and requests get "Access denied" (403).`,
            meant: value
              .split(/[\s,;]+/)
              .filter(Boolean)
              .join(' '),
          }
        : null;
    default:
      return null;
  }
}

function isUnixListen({ key, sub, value, known }: Setting): boolean {
  return sub === null && key.toLowerCase() === 'listen' && known && parseListen(value).kind === 'unix';
}

/** strtoul() in base 8: what comes before the first other character counts. */
function checkMode(value: string): Misread | null {
  if (/^0?[0-7]{3,4}$/.test(value)) return null;
  const octal = /^[ \t]*\+?([0-7]{0,9})/.exec(value)![1]!.replace(/^0+/, '').padStart(4, '0');
  return {
    message: `php-fpm reads the mode "${cut(value)}" as ${octal}: write octal digits such as 0660. With a mode that nginx's user may not write, nginx gets "Permission denied" and the client 502.`,
  };
}

function checkClients(value: string): Misread | null {
  const bad = value.split(',').find((one) => !isAddress(one));
  if (bad === undefined) return null;
  if (bad.trim() !== bad && isAddress(bad.trim())) {
    return {
      message: `The space in listen.allowed_clients makes "${cut(bad)}" no address: php-fpm leaves ${cut(bad.trim())} out and drops its connections (502). Write a comma alone.`,
      meant: value
        .split(',')
        .map((one) => one.trim())
        .join(','),
    };
  }
  return {
    message: `"${cut(bad)}" is no address for listen.allowed_clients: php-fpm takes single IP addresses, neither names nor networks, and drops connections from all others (502).`,
  };
}

/** Near enough to inet_pton(): what this lets pass and is wrong, is wrong in a way that nobody writes. */
function isAddress(text: string): boolean {
  const parts = text.split('.');
  const isV4 = (all: readonly string[]): boolean =>
    all.length === 4 && all.every((part) => /^\d{1,3}$/.test(part) && Number(part) <= 255);
  return isV4(parts) || (text.includes(':') && /^[0-9A-Fa-f:.]{2,45}$/.test(text));
}

function cut(text: string): string {
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
