import { describe, expect, test } from 'vitest';
import { type Finding, findings } from '../../../server/src/core/features/findings';
import type { Project } from '../../../server/src/core/project/project';
import all from '../../../server/src/core/rules/all';
import type { Rule } from '../../../server/src/core/rules/rule';
import { type FixtureCase, fixtures } from '../fixtures';
import { askNginx, nginxBinary } from '../nginx/nginx';
import { edited, forNginx, placed, projectOf, texts } from '../world';

const rules = all as readonly Rule[];
const read = fixtures('rules');

const of = (project: Project, rule: string): Finding[] =>
  [...project.sources.keys()].flatMap((file) => findings(project, file).filter(({ code }) => code === rule));

const show = (project: Project, { file, span, severity, message }: Finding): string =>
  `${file}: ${severity} at "${project.sources.get(file)!.text.slice(span.start, span.end).slice(0, 60)}": ${message}`;

const isWrong = ({ files }: FixtureCase): boolean => files.some(({ marks }) => marks.length > 0);

test('every fixture is about a rule', () => {
  const ids = rules.map(({ id }) => id);
  for (const { id } of read) expect(ids).toContain(id);
});

test('every finding about a link leads to its other half', async () => {
  const alone: string[] = [];
  for (const { id, cases } of read.filter((fixture) => fixture.id.startsWith('links/'))) {
    for (const one of cases) {
      const project = await projectOf(one);
      for (const finding of of(project, id))
        if (finding.related.length === 0) alone.push(`${id}: ${show(project, finding)}`);
    }
  }
  expect(alone).toEqual([]);
});

describe.each(rules.map((rule) => [rule.id, rule] as const))('%s', (id, rule) => {
  const cases = read.find((fixture) => fixture.id === id)?.cases ?? [];

  test('says what it is about', () => {
    expect(rule.title).toMatch(/^\S.{5,80}[^.!]$/);
    expect(rule.why.length).toBeGreaterThan(60);
    expect(rule.references.length).toBeGreaterThan(0);
    for (const reference of rule.references) expect(reference).toMatch(/^https:\/\/\S+$/);
  });

  test('has a wrong and a right case', () => {
    expect(cases.filter(isWrong), `test/fixtures/rules/${id}.md has no wrong case`).not.toEqual([]);
    expect(
      cases.filter((one) => !isWrong(one)),
      `test/fixtures/rules/${id}.md has no right case`,
    ).not.toEqual([]);
  });

  test.each(cases.map((one) => [one.title, one] as const))('%s', async (_, one) => {
    const project = await projectOf(one);
    const found = of(project, id);
    const open = [...found];
    for (const { path, marks } of one.files) {
      const file = placed(path);
      for (const mark of marks) {
        const at = { start: mark.start, end: mark.end };
        const fits = (span: { start: number; end: number }): boolean =>
          span.start === at.start && (span.end === at.end || (span.end === at.start && at.end - at.start === 1));
        if (mark.kind === 'related') {
          const known = found
            .flatMap(({ related }) => related)
            .map(({ file, span, message }) => ({ file, span: { start: span.start, end: span.end }, message }));
          const hit = known.some((each) => each.file === file && fits(each.span) && each.message.includes(mark.text));
          expect(hit, `line ${mark.line}: nothing related says "${mark.text}" there: ${JSON.stringify(known)}`).toBe(
            true,
          );
          continue;
        }
        const index = open.findIndex(
          (each) =>
            each.file === file && fits(each.span) && each.severity === mark.kind && each.message.includes(mark.text),
        );
        expect(
          index,
          `line ${mark.line}: no ${mark.kind} "${mark.text}" there; found\n${found.map((each) => show(project, each)).join('\n')}`,
        ).toBeGreaterThanOrEqual(0);
        open.splice(index, 1);
      }
    }
    expect(
      open.map((each) => show(project, each)),
      'found, but not marked',
    ).toEqual([]);

    for (const finding of found) {
      expect(finding.message, finding.message).toMatch(/^.{20,400}[.)]$/s);
      expect(finding.fixes.filter(({ preferred }) => preferred).length).toBeLessThanOrEqual(1);
      for (const fix of finding.fixes) expect(fix.title).toMatch(/^\S.{3,160}[^.]$/);
      const preferred = finding.fixes.find((fix) => fix.preferred);
      if (!preferred) continue;
      expect(preferred.edits(), `"${preferred.title}" changes nothing`).not.toEqual([]);
      const after = edited(project, preferred.edits());
      // Where a fix changes nothing else than this finding, the rule is silent there afterwards.
      const left = of(after, id);
      expect(left.length, left.map((each) => show(after, each)).join('\n')).toBeLessThan(found.length);
      for (const source of [...after.nginxSources, ...after.fpmSources]) {
        const before = project.sources.get(source.file)!.tree.problems.length;
        expect(source.tree.problems.length, source.text).toBeLessThanOrEqual(id.startsWith('nginx/') ? before : 0);
      }
    }

    for (const [fixId, expected] of one.fixed) {
      let after = project;
      if (fixId === '') {
        for (let round = 0; round < 10; round++) {
          const edits = of(after, id)
            .flatMap(({ fixes }) => fixes.find(({ preferred }) => preferred) ?? [])
            .map((fix) => fix.edits())
            .find((each) => each.length > 0);
          if (!edits) break;
          after = edited(after, edits);
        }
      } else {
        const fix = found.flatMap(({ fixes }) => fixes).find((each) => each.id === fixId);
        expect(
          fix,
          `no fix "${fixId}"; there are ${found.flatMap(({ fixes }) => fixes.map((each) => each.id))}`,
        ).toBeDefined();
        after = edited(project, fix!.edits());
      }
      const wanted = new Map([
        ...texts(project),
        ...[...expected].map(([path, text]) => [placed(path), text] as const),
      ]);
      expect(wanted, 'the fixed text is the text before').not.toEqual(texts(project));
      for (const [file, text] of texts(after)) expect(text, file).toBe(wanted.get(file));
      expect([...wanted.keys()]).toEqual([...texts(after).keys()]);
    }
  });

  if (rule.language !== 'nginx') return;
  describe.skipIf(!nginxBinary)('and the real nginx', () => {
    // `real=no`: what the case is about lies on another machine.
    test.each(cases.filter(({ options }) => options.get('real') !== 'no').map((one) => [one.title, one] as const))(
      '%s',
      async (_, one) => {
        const project = await projectOf(one);
        const refused =
          one.files.some(({ marks }) => marks.some(({ kind }) => kind === 'error')) && id.startsWith('nginx/');
        const { files, main } = forNginx(project);
        const verdict = askNginx(files, main);
        expect(verdict.accepted, `nginx says: ${verdict.message}`).toBe(!refused);
        for (const fixId of one.fixed.keys()) {
          const texts = new Map(one.files.map((file) => [file.path, file]));
          for (const [path, text] of one.fixed.get(fixId)!) texts.set(path, { ...texts.get(path)!, text });
          const fixed = forNginx(await projectOf({ files: [...texts.values()], options: one.options }));
          expect(askNginx(fixed.files, fixed.main).message).toBe('');
        }
      },
    );
  });
});
