/**
 * Reads the scope fixtures: Markdown in which a heading is a case and a fence its text. A line of carets names what
 * the characters above it must carry: `^^^^ keyword.control string` (every scope listed, by prefix) or `!string`
 * (must not carry). Mark lines are removed before the text is tokenised. A heading that ends in "(unfinished)" leaves
 * rules open.
 */
export interface Mark {
  readonly line: number;
  readonly start: number;
  readonly end: number;
  readonly scopes: readonly string[];
  readonly source: string;
}

export interface Case {
  readonly title: string;
  readonly language: string;
  readonly text: string;
  readonly marks: readonly Mark[];
  readonly unfinished: boolean;
}

export function readCases(markdown: string): Case[] {
  const cases: Case[] = [];
  let title = '';
  let fence: { language: string; lines: string[]; marks: Mark[] } | undefined;
  for (const [index, line] of markdown.split('\n').entries()) {
    if (!fence) {
      const heading = /^#+ (.*)$/.exec(line);
      const open = /^```([\w-]+)$/.exec(line);
      if (heading) title = heading[1]!;
      else if (open) fence = { language: open[1]!, lines: [], marks: [] };
    } else if (line === '```') {
      cases.push({
        title,
        language: fence.language,
        text: fence.lines.join('\n'),
        marks: fence.marks,
        unfinished: title.endsWith('(unfinished)'),
      });
      fence = undefined;
    } else {
      const mark = /^( *)(\^+) (!?[\w.-]+(?: !?[\w.-]+)*)$/.exec(line);
      if (mark) {
        const start = mark[1]!.length;
        fence.marks.push({
          line: fence.lines.length - 1,
          start,
          end: start + mark[2]!.length,
          scopes: mark[3]!.split(' '),
          source: `line ${index + 1}`,
        });
      } else fence.lines.push(line);
    }
  }
  return cases;
}
