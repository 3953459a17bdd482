/**
 * Every fix of every rule, on every fixture and corpus: the result parses, what was found is no longer found, nothing else is, and
 * the real nginx and php-fpm take it where they took the rest.
 */
import { beforeAll, describe, expect, test } from 'vitest';
import type { Project } from '../../server/src/core';
import { isOlder } from '../../server/src/core/nginx/version';
import { edited } from '../core/world';
import { version } from '../real/nginx';
import * as nginx from './fixes/nginx';
import { added, all, changedBy, mended, type Offered, offered, type Subject, show, subjects } from './fixes/offered';
import { PASS_REMEDIES, passesIn } from './fixes/passes';
import * as phpFpm from './fixes/php-fpm';
import type { Case } from './nginx/corpus';
import { NGINX } from './nginx/judge';
import { hasFpm } from './php-fpm/judge';

/** What share of the fixes the real program can judge: the others are for modules or versions that it is not built with, or beside another error. */
const REACH = { nginx: 0.93, phpFpm: 0.82 };

interface Verdict {
  readonly accepted: boolean;
  readonly host: boolean;
  readonly message: string;
}

function problemsIn({ sources }: Project): number {
  return [...sources.values()].reduce((sum, { tree }) => sum + tree.problems.length, 0);
}

let every: readonly Subject[] = [];
let offers: readonly Offered[] = [];

beforeAll(async () => {
  every = await subjects();
  offers = every.flatMap(offered);
}, 120_000);

describe('every fix', () => {
  test('is there', () => {
    expect(offers.length).toBeGreaterThan(1000);
  });

  test('changes something', () => {
    expect(offers.filter(({ fix }) => fix.edits().length === 0).map(show)).toEqual([]);
  });

  test('leaves what parses', () => {
    expect(offers.filter(({ subject, after }) => problemsIn(after) > problemsIn(subject.project)).map(show)).toEqual(
      [],
    );
  });

  test('silences what was found', () => {
    const times = (found: Subject['found'], code: string): number => found.filter((each) => each.code === code).length;
    const loud = offers.filter(
      ({ subject, finding, after }) => times(all(after), finding.code) >= times(subject.found, finding.code),
    );
    expect(loud.map(show)).toEqual([]);
  });
});

describe('every remedy of a pass, at every pass', () => {
  test('comes to rest, and leaves what parses and has no other error', () => {
    const restless: string[] = [];
    let tried = 0;
    for (const subject of every) {
      const { project } = subject;
      for (const [index] of passesIn(project).entries()) {
        for (const { title, edits } of PASS_REMEDIES) {
          const once = edits(project, index);
          if (once.length === 0) continue;
          tried++;
          const after = edited(project, once);
          const say = (what: string): void =>
            void restless.push(`${title} at pass ${index} of ${subject.title}: ${what}`);
          if (problemsIn(after) > problemsIn(project)) say('does not parse');
          if (edits(after, index).length > 0) say('changes more the second time');
          for (const { code, message } of added(subject.found, all(after), 'error')) say(`${code}: ${message}`);
        }
      }
    }
    expect(restless).toEqual([]);
    expect(tried).toBeGreaterThan(3000);
  });
});

/** A configuration before and after a change, as `judge` reads them, and what its files were found to have wrong. */
interface Change<C> {
  readonly title: string;
  readonly before: C;
  readonly after: C;
  /** Nothing but what the change mends was an error. */
  readonly only: boolean;
  /** The change brings errors to light. */
  readonly reveals: boolean;
}

/** What the remedies of passes make of the corpus: each at all passes of a configuration, one after the other. */
function remedied(): Change<Case>[] {
  return every
    .filter(({ title }) => title.startsWith('nginx corpus'))
    .flatMap(({ title, project }) =>
      PASS_REMEDIES.flatMap((remedy) => {
        let after = project;
        for (const [index] of passesIn(project).entries()) after = edited(after, remedy.edits(after, index));
        const file = project.nginxRoots[0]!.file;
        if (passesIn(project).length === 0 || after === project) return [];
        return [
          {
            title: `${remedy.title} at every pass of ${title}`,
            before: nginx.staged(project, file),
            after: nginx.staged(after, file),
            only: false,
            reveals: false,
          },
        ];
      }),
    );
}

/** What each fix changes, and what all preferred ones together change where there are several errors. */
function changes<C>(
  language: 'nginx' | 'php-fpm',
  staged: (project: Project, file: string) => C,
  isJudged: (subject: Subject) => boolean,
): Change<C>[] {
  const isError = ({ severity, code }: Subject['found'][number]): boolean =>
    severity === 'error' && code.startsWith(`${language}/`);
  const single = offers
    .filter(({ subject }) => isJudged(subject))
    .flatMap((offer) => {
      const { subject, finding, after } = offer;
      const errors = subject.found.filter(isError);
      return changedBy(offer)
        .filter((file) => subject.project.sources.get(file)?.kind === language)
        .map((file) => ({
          title: show(offer),
          before: staged(subject.project, file),
          after: staged(after, file),
          only: errors.length === 1 && errors[0] === finding,
          reveals: added(subject.found, all(after)).some(isError),
        }));
    });
  const together = every.filter(isJudged).flatMap(({ title, project, found }) => {
    if (found.filter(isError).length < 2) return [];
    const after = mended(project);
    const file = found.find(isError)!.file;
    const left = all(after).some(isError);
    return left
      ? []
      : [{ title, before: staged(project, file), after: staged(after, file), only: true, reveals: false }];
  });
  return [...single, ...together];
}

interface Judged {
  readonly judged: number;
  readonly of: number;
  readonly wrong: readonly string[];
}

async function judged<C>(all: readonly Change<C>[], ask: (cases: readonly C[]) => Promise<Verdict[]>): Promise<Judged> {
  // Many fixes start from the same files.
  const cases = new Map<string, C>();
  const keyOf = (each: C): string => {
    const key = JSON.stringify(each, (_, value) => (value instanceof Map ? [...value] : value));
    cases.set(key, each);
    return key;
  };
  const keys = all.map(({ before, after }) => [keyOf(before), keyOf(after)] as const);
  const verdicts = new Map<string, Verdict>();
  const answers = await ask([...cases.values()]);
  for (const [i, key] of [...cases.keys()].entries()) verdicts.set(key, answers[i]!);

  let count = 0;
  const wrong: string[] = [];
  for (const [i, { title, only, reveals }] of all.entries()) {
    const [before, after] = keys[i]!.map((key) => verdicts.get(key)!) as [Verdict, Verdict];
    // The program goes on to the next of several errors, and names what the fix brings to light.
    const goesOn = !before.accepted && !after.accepted && before.message !== after.message;
    if (before.host || (!before.accepted && !after.accepted && !only && !goesOn)) continue;
    count++;
    const isFine = after.accepted ? !reveals : reveals || (goesOn && !only);
    if (!isFine)
      wrong.push(`${title}\n  before: ${before.message || 'accepted'}\n  after: ${after.message || 'accepted'}`);
  }
  return { judged: count, of: all.length, wrong };
}

function tell(program: string, { judged, of }: Judged): void {
  console.log(
    `\n${program} judged ${judged} of ${of} changes that fixes make (${((100 * judged) / of).toFixed(1)} %)\n`,
  );
}

describe.skipIf(!NGINX)('and the real nginx', () => {
  test('accepts what they leave', { timeout: 600_000 }, async () => {
    // A newer nginx than the one here may know more.
    const isKnown = ({ options }: Subject): boolean => {
      const since = options.get('version');
      return since === undefined || !isOlder(version(), since);
    };
    const all = [...changes('nginx', nginx.staged, isKnown), ...remedied()];
    const result = await judged(all, nginx.askNginx);
    tell('nginx', result);
    expect(result.wrong).toEqual([]);
    expect(result.judged / result.of).toBeGreaterThan(REACH.nginx);
  });
});

describe.skipIf(!hasFpm)('and the real php-fpm', () => {
  test('accepts what they leave', { timeout: 300_000 }, async () => {
    const result = await judged(
      changes('php-fpm', phpFpm.staged, () => true),
      phpFpm.askFpm,
    );
    tell('php-fpm', result);
    expect(result.wrong).toEqual([]);
    expect(result.judged / result.of).toBeGreaterThan(REACH.phpFpm);
  });
});
