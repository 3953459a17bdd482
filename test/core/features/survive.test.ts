import { describe, expect, test } from 'vitest';
import all from '../../../server/src/core/causes/all';
import { parseLine } from '../../../server/src/core/error-log/record';
import { explain } from '../../../server/src/core/features/explain';
import { findings } from '../../../server/src/core/features/findings';
import { causeOf } from '../../../server/src/core/features/meaning';
import { applyEdits } from '../../../server/src/core/text/edit';
import { type Fixture, fixtures } from '../fixtures';
import { edited, projectOf } from '../world';

const cases = (['rules', 'remedies'] as const).flatMap((kind) =>
  fixtures(kind).flatMap(({ id, cases: own }: Fixture) =>
    own.map((one) => [`${kind}/${id}: ${one.title}`, one] as const),
  ),
);

const HEAD = '2024/03/15 10:23:45 [error] 1234#1234: *1 ';
const TAIL =
  ', client: 10.0.0.1, server: shop.example, request: "GET /a/b.php?x=1 HTTP/1.1", upstream: "fastcgi://unix:/run/php/php8.1-fpm.sock:", host: "shop.example"';
const LINES = [
  'connect() failed (111: Connection refused) while connecting to upstream',
  'connect() to unix:/run/php/php8.1-fpm.sock failed (2: No such file or directory) while connecting to upstream',
  'connect() to unix:/run/php/php8.1-fpm.sock failed (13: Permission denied) while connecting to upstream',
  'upstream timed out (110: Connection timed out) while reading response header from upstream',
  'upstream timed out (110: Connection timed out) while sending request to upstream',
  'upstream sent too big header while reading response header from upstream',
  'no live upstreams while connecting to upstream',
  'upstream prematurely closed connection while reading response header from upstream',
  'SSL_do_handshake() failed (SSL: error:0A00010B:SSL routines::wrong version number) while SSL handshaking to upstream',
  'recv() failed (104: Connection reset by peer) while reading response header from upstream',
].flatMap((message) => [
  `${HEAD}${message}${TAIL}`,
  `${HEAD}${message}${TAIL.replace(/"fastcgi.*?"/, '"http://127.0.0.1:3000/a"')}`,
  `${HEAD}${message}${TAIL.replace(/"fastcgi.*?"/, '"https://backend/a"')}`,
  `${HEAD}${message}`,
]);

describe('every rule, cause and fix survives every fixture', () => {
  test.each(cases)('%s', async (_, one) => {
    const project = await projectOf(one);
    for (const { path, text } of one.files) expect(text, path).not.toContain('<|>');
    for (const file of project.sources.keys()) {
      const { text } = project.sources.get(file)!;
      const found = findings(project, file);
      for (const { span, message, related, fixes, code } of found) {
        expect(span.start >= 0 && span.start <= span.end && span.end <= text.length, code).toBe(true);
        expect(message).not.toMatch(/undefined|\[object|null|NaN/);
        for (const each of related) {
          const { text } = (project.sources.get(each.file) ?? project.neighbours.get(each.file))!;
          expect(each.span.start <= each.span.end && each.span.end <= text.length, code).toBe(true);
        }
        for (const fix of fixes) {
          expect(fix.title).not.toMatch(/undefined|\[object|null|NaN/);
          const edits = fix.edits();
          expect(edited(project, edits).sources.size).toBe(project.sources.size);
          for (const edit of edits) if (edit.create) expect(applyEdits('', [edit])).toBe(edit.newText);
        }
      }
    }
    for (const line of LINES) {
      const record = parseLine(line)!;
      for (const view of [project, null]) {
        const explained = explain(record, view);
        if (!explained) continue;
        expect(explained.title).not.toMatch(/undefined|\[object|NaN/);
        for (const { command } of explained.checks) expect(command).not.toMatch(/undefined|\[object|\n/);
        for (const fix of explained.fixes)
          for (const edit of fix.edits()) expect(edit.newText).not.toMatch(/undefined/);
      }
    }
  });
});

test('each of the lines has one cause', () => {
  for (const line of LINES) {
    const record = parseLine(line)!;
    const fitting = all.filter((cause) => cause.pattern.test(record.message) && (cause.when?.(record) ?? true));
    expect(fitting.map(({ id }) => id).length, line).toBeLessThanOrEqual(1);
    expect(causeOf(record), line).not.toBeNull();
  }
});
