/** The shape of a rule: one file, one thing that can be wrong, where it is seen and what mends it. */

import type { Project } from '../project/project';
import type { FpmSource, NginxSource } from '../project/source';
import type { Fix } from '../remedies/remedy';
import type { Edit } from '../text/edit';
import type { Place, Span } from '../text/span';

/**
 * error: nginx or php-fpm refuses to start, or a request fails for certain, from the files in view. warning: fails under a
 * condition that the message names. information: works, but a known cause of gateway errors is close. hint: an offer.
 */
export type Severity = 'error' | 'warning' | 'information' | 'hint';

export interface Report {
  /** In the file that is being checked. */
  readonly span: Span;
  /** One sentence or two: the value, the consequence, what is accepted. */
  readonly message: string;
  /** Where this report is less or more severe than the rule as a whole. */
  readonly severity?: Severity;
  readonly related?: readonly (Place & { readonly message: string })[];
  readonly fixes?: readonly Fix[];
}

interface RuleText {
  /** File name, with its folder: `links/pool-address-mismatch`. */
  readonly id: string;
  readonly severity: Severity;
  readonly title: string;
  /** Markdown: what happens at run time, which log line it gives, what to do. */
  readonly why: string;
  readonly references: readonly string[];
}

export interface NginxRule extends RuleText {
  readonly language: 'nginx';
  /** `hints`: offers are wanted too; where not, those that are given are dropped. */
  check(source: NginxSource, project: Project, hints: boolean): Iterable<Report>;
}

export interface FpmRule extends RuleText {
  readonly language: 'php-fpm';
  check(source: FpmSource, project: Project): Iterable<Report>;
}

export type Rule = NginxRule | FpmRule;

export function defineRule<R extends Rule>(rule: R): R {
  return rule;
}

/** A mend that belongs to one report alone, with no choice to explain. */
export function mend(rule: string, title: string, edits: readonly Edit[]): Fix {
  return {
    id: rule,
    title,
    when: '',
    time: '',
    risk: '',
    preferred: true,
    weakens: false,
    edits: () => edits,
    block: null,
    apply: [],
    confirm: [],
  };
}
