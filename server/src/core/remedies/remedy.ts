/** The shape of a remedy: what can be done about a finding or a cause, with when, time and risk. */
import type { Project } from '../project/project';
import type { Edit } from '../text/edit';

/** A remedy made for one place. */
export interface Fix {
  /** Id of the remedy, or of the rule for a mend that belongs to it alone. */
  readonly id: string;
  /** Says what will be true afterwards. */
  readonly title: string;
  readonly when: string;
  readonly time: string;
  readonly risk: string;
  readonly preferred: boolean;
  /** It takes away a protection: the editor asks before it applies it. */
  readonly weakens: boolean;
  /** Text changes; none where only commands help, or where all is already as the remedy wants it. */
  edits(): readonly Edit[];
  /** What to write by hand, where no file in view can be changed; null where `edits` do it, or nothing is to be written. */
  readonly block: string | null;
  /** Commands that make the change take effect. */
  readonly apply: readonly string[];
  /** Commands that show that it worked. */
  readonly confirm: readonly string[];
}

export interface Remedy<Target> {
  /** File name. */
  readonly id: string;
  readonly title: string;
  readonly when: string;
  readonly time: string;
  readonly risk: string;
  /** It takes away a protection, such as the check of a certificate. */
  readonly weakens?: true;
  /** Markdown for the docs: what it inserts and why. */
  readonly why: string;
  readonly references: readonly string[];
  /** The documented block, for a person to insert; `proxy` stands for the directive family where it has one. */
  readonly block?: string;
  /** What makes a block take effect that was inserted by hand; absent: an nginx reload. */
  readonly applyBlock?: readonly string[];
  /** The title for one place: what will be true there. */
  describe(project: Project | null, target: Target): string;
  /** Empty when everything is already so: applying a remedy twice changes nothing. */
  edits(project: Project | null, target: Target): readonly Edit[];
  apply(project: Project | null, target: Target): readonly string[];
  confirm?(project: Project | null, target: Target): readonly string[];
}

export function defineRemedy<Target>(remedy: Remedy<Target>): Remedy<Target> {
  return remedy;
}

/** The remedy for one place. `preferred`: the one to try first. */
export function fix<Target>(remedy: Remedy<Target>, project: Project | null, target: Target, preferred = false): Fix {
  const { id, when, time, risk } = remedy;
  let edits: readonly Edit[] | null = null;
  // Most fixes are never looked at: what they say is put together when they are.
  return {
    id,
    get title() {
      return remedy.describe(project, target);
    },
    when,
    time,
    risk,
    preferred,
    weakens: remedy.weakens ?? false,
    edits: () => {
      edits ??= remedy.edits(project, target);
      return edits;
    },
    block: null,
    get apply() {
      return remedy.apply(project, target);
    },
    get confirm() {
      return remedy.confirm?.(project, target) ?? [];
    },
  };
}

/** What a remedy is about, without any configuration in view: its title, its documented block. */
export type Advice = Omit<Remedy<never>, 'describe' | 'edits' | 'apply' | 'confirm'>;

/** A remedy for a person to carry out, because no place in view is known. `family`: fastcgi, uwsgi … as the log line tells. */
export function advise({ id, title, when, time, risk, weakens, block, applyBlock }: Advice, family: string): Fix {
  return {
    id,
    title,
    when,
    time,
    risk,
    preferred: false,
    weakens: weakens ?? false,
    edits: () => [],
    block: block?.replace(/\bproxy_/g, `${family}_`) ?? null,
    apply: applyBlock ?? [RELOAD],
    confirm: [],
  };
}

export const RELOAD = 'nginx -t && systemctl reload nginx';
