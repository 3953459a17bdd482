import { describe, expect, test } from 'vitest';
import { parse } from '../../server/src/core/nginx/parser';
import { applyEdits } from '../../server/src/core/text/edit';
import { lineMap } from '../../server/src/core/text/line-map';
import { askNginx, nginxBinary } from '../core/nginx/nginx';
import { broken, limits, valid } from '../core/nginx/snippets';

/** Problems that count as errors, with 1-based lines as nginx counts them: by LF alone. */
function errors(text: string): { line: number; code: string; message: string }[] {
  return parse(text)
    .problems.filter(({ code }) => code !== 'likely-missing-semicolon')
    .map(({ code, span, message }) => ({ line: text.slice(0, span.start).split('\n').length, code, message }));
}

/** Applies the fix of the first problem until none is left that has one. */
function mend(text: string): string | null {
  let mended = text;
  for (let round = 0; round < 20; round++) {
    const first = parse(mended).problems[0];
    if (!first) return mended;
    // Some cannot be mended without knowing what was meant.
    if (!first.fix) return null;
    const { fix } = first;
    mended = applyEdits(mended, [fix]);
  }
  return mended;
}

const ask = (text: string) => askNginx(new Map([['nginx.conf', text]]));

describe.skipIf(!nginxBinary)('against the real nginx', () => {
  describe('what it takes has no error', () => {
    test.each(valid)('$name', ({ text }) => {
      expect(ask(text).message).toBe('');
      expect(errors(text)).toEqual([]);
    });
  });

  describe('what it refuses has an error on the line it names', () => {
    test.each(broken)('$name', ({ text, errors: expected = 1 }) => {
      const verdict = ask(text);
      expect(verdict.accepted, text).toBe(false);
      const found = errors(text);
      const shown = `${verdict.message} in line ${verdict.line}\n${text}\n${JSON.stringify(found, null, 1)}`;
      expect(
        found.map(({ line }) => line),
        shown,
      ).toContain(verdict.line);
      expect(found.length, shown).toBe(expected);
    });
  });

  describe('the mend of what it refuses', () => {
    test.each(broken)('$name', ({ text }) => {
      const mended = mend(text);
      if (mended !== null) expect(errors(mended), mended).toEqual([]);
    });
  });

  test.each(limits)('$name', ({ text }) => {
    const { line, accepted } = ask(text);
    expect(errors(text).map((found) => found.line)).toEqual(accepted ? [] : [line]);
  });

  test('line ends are counted alike', () => {
    expect(lineMap('a\r\nb\n').lineCount).toBe(3);
  });
});
