/** `check`: what the rules say about the files that were named and those they include. */
import { type Finding, findings, type Language, type Project, rules, type Severity } from '../../core/index';
import { printGithub } from './check-github';
import { printJson } from './check-json';
import { printSarif } from './check-sarif';
import { printText } from './check-text';
import { type Gathered, gather, type ReadingOptions } from './gather';
import { type RuleOption, reaches, ruleSettings } from './options';
import { complain } from './output';
import { snapshot } from './snapshot';

export interface JudgingOptions extends ReadingOptions {
  readonly failOn: Severity;
  readonly rule?: readonly RuleOption[];
  readonly language?: Language;
}

export interface CheckOptions extends JudgingOptions {
  readonly format: 'text' | 'json' | 'sarif' | 'github';
  readonly hints?: boolean;
}

/** What the formats print. */
export interface Checked {
  readonly project: Project;
  /** Files that were looked at. */
  readonly files: readonly string[];
  /** By file, then by place. */
  readonly findings: readonly Finding[];
  readonly failed: boolean;
}

export async function check(paths: readonly string[], options: CheckOptions): Promise<number> {
  const settings = settingsOf(options);
  const gathered = await gather(snapshot(), given(paths, options), options);
  if (gathered.files.length === 0 && !gathered.failed) complain('no nginx or php-fpm configuration found');
  // Hints are offers; machines sort them out themselves, people ask for them.
  const hints = options.hints || options.failOn === 'hint' || options.format === 'json';
  const all = gathered.files.flatMap((file) => findings(gathered.project, file, settings, hints));
  const checked: Checked = { ...gathered, findings: all };
  if (options.format === 'json') await printJson(checked);
  else if (options.format === 'sarif') await printSarif(checked);
  else if (options.format === 'github') await printGithub(checked);
  else await printText(checked);
  return exitStatus(gathered, all, options.failOn);
}

export function exitStatus({ failed }: Pick<Gathered, 'failed'>, all: readonly Finding[], failOn: Severity): number {
  if (failed) return 2;
  return all.some(({ severity }) => reaches(severity, failOn)) ? 1 : 0;
}

export function given(paths: readonly string[], { language }: JudgingOptions) {
  return (paths.length > 0 ? paths : ['.']).map((path) => ({ path, language }));
}

export function settingsOf({ rule }: JudgingOptions) {
  return ruleSettings(
    rule,
    rules.map(({ id }) => id),
  );
}
