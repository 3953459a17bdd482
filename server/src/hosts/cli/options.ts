/** Values of options: what is accepted, and what is said when it is not. */
import { InvalidArgumentError } from 'commander';
import { editDistance, type Severity } from '../../core/index';

/** The command was called in a way it cannot work: the message goes to stderr, the exit status is 2. */
export class UsageError extends Error {}

/** From the most to the least severe; the place in this list, from 1, is the number that LSP has for it. */
export const severities = ['error', 'warning', 'information', 'hint'] as const satisfies readonly Severity[];

export function severityNumber(severity: Severity): number {
  return severities.indexOf(severity) + 1;
}

/** Is `severity` at or above `limit`? */
export function reaches(severity: Severity, limit: Severity): boolean {
  return severityNumber(severity) <= severityNumber(limit);
}

/** `auto`: what `nginx -v` says. */
export function parseVersion(value: string): string {
  if (value === 'auto' || /^\d{1,4}\.\d{1,4}\.\d{1,4}$/.test(value)) return value;
  throw new InvalidArgumentError('It is written as X.Y.Z, such as 1.22.1; auto asks nginx -v');
}

const BLOCKS = ['main', 'events', 'http', 'upstream', 'server', 'location', 'if', 'limit_except', 'stream', 'mail'];

export function parseContext(value: string): readonly string[] {
  const names = value.split(',').map((name) => name.trim());
  const unknown = names.find((name) => !BLOCKS.includes(name));
  if (unknown === undefined) return names;
  throw new InvalidArgumentError(`"${unknown}" is no block; blocks from the outside in: ${BLOCKS.join(', ')}`);
}

export type RuleOption = readonly [id: string, severity: string];

export function parseRule(value: string): RuleOption {
  const equals = value.lastIndexOf('=');
  const severity = value.slice(equals + 1);
  if (equals > 0 && (severity === 'off' || (severities as readonly string[]).includes(severity)))
    return [value.slice(0, equals), severity];
  throw new InvalidArgumentError(`It is written as id=severity or id=off; severities: ${severities.join(', ')}`);
}

/** For options that can be given again. */
export function repeated<T = string>(
  parse: (value: string) => T = (value) => value as T,
): (value: string, before?: readonly T[]) => readonly T[] {
  return (value, before = []) => [...before, parse(value)];
}

/** The settings that `--rule` makes; an unknown id is refused, with the id that was most likely meant. */
export function ruleSettings(
  given: readonly RuleOption[] | undefined,
  ids: readonly string[],
): Record<string, Severity | 'off'> {
  const settings: Record<string, Severity | 'off'> = {};
  for (const [id, severity] of given ?? []) {
    if (!ids.includes(id)) throw new UsageError(`--rule: there is no rule "${id}"${suggestion(id, ids)}`);
    settings[id] = severity as Severity | 'off';
  }
  return settings;
}

/** ` (did you mean "…"?)`, or nothing where no word is close. */
export function suggestion(word: string, words: readonly string[]): string {
  let best: { word: string; distance: number } | null = null;
  for (const candidate of words) {
    const short = candidate.slice(candidate.indexOf('/') + 1);
    const distance = Math.min(editDistance(word, candidate), editDistance(word, short) + 0.5);
    if (!best || distance < best.distance) best = { word: candidate, distance };
  }
  return best && best.distance <= Math.max(2, word.length / 3) ? ` (did you mean "${best.word}"?)` : '';
}
