/**
 * Dumps of `nginx -T`: one text that holds every file of a configuration, each under a comment with its name. As people
 * have them: with what nginx says on stderr, a prompt, colours or CRLF in it, cut above or below.
 */
import { basename, isAbsolute, normalize } from '../text/path';

/** A piece of the dump's text, and the name under which nginx read it. */
export interface HeldText {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

export interface Dump {
  /** As long as the dump, with blanks in place of what is no file's: the places in it are the dump's own. */
  readonly text: string;
  /** One list for each run of nginx, its main file first unless the dump is cut above. */
  readonly runs: readonly (readonly HeldText[])[];
  /** Something that reads like configuration stands before the first file. */
  readonly startsInside: boolean;
  /** The end is lost, as far as can be seen: nginx writes an empty line behind the last file. */
  readonly cut: boolean;
}

const HEADING = '# configuration file ';

/** Longer names are not possible on any system that nginx runs on. */
const LONGEST_NAME = 4096;

/** Null for a text that is no dump. `file`: the name of the file it is in. */
export function readDump(raw: string, file = ''): Dump | null {
  if (!raw.includes(HEADING)) return null;
  const text = blanked(raw);
  const headings = headingsOf(text);
  const first = headings[0];
  if (!first) return null;
  // One file under its own name has been taken from a dump: what it includes lies beside it.
  if (headings.length === 1 && basename(heldName(first.name)) === basename(file)) return null;
  const runs: HeldText[][] = [];
  let names = new Set<string>();
  headings.forEach(({ name, end: start }, i) => {
    // nginx writes each file once: a second one of that name is from another run.
    if (i === 0 || names.has(name)) {
      runs.push([]);
      names = new Set();
    }
    names.add(name);
    const next = headings[i + 1]?.start ?? text.length;
    runs[runs.length - 1]!.push({ name: heldName(name), start, end: Math.max(start, beforeLineEnd(text, next)) });
  });
  return {
    text,
    runs: runs.map(once),
    startsInside: /[;{}][ \t]*(?:#[^\n]*)?\r?$/m.test(text.slice(0, first.start)),
    cut: !/\n[ \t\r]*\n[ \t\r]*$/.test(text.slice(-2000)),
  };
}

/** The name as includes find it: with `/` on Windows too, and without detours. */
export function heldName(name: string): string {
  return normalize(/^[A-Za-z]:\\/.test(name) ? name.replaceAll('\\', '/') : name);
}

function headingsOf(text: string): { name: string; start: number; end: number }[] {
  const found: { name: string; start: number; end: number }[] = [];
  for (let at = text.indexOf(HEADING); at >= 0; at = text.indexOf(HEADING, at + 1)) {
    let start = at;
    while (start > 0 && at - start < 40 && (text[start - 1] === ' ' || text[start - 1] === '\t')) start--;
    if (start > 0 && text[start - 1] !== '\n' && text.charCodeAt(start - 1) !== 0xfeff) continue;
    const from = at + HEADING.length;
    const newline = text.indexOf('\n', from);
    const end = newline < 0 ? text.length : newline;
    if (end - from > LONGEST_NAME) continue;
    const [, name] = /^(.*\S):[ \t\r]*$/.exec(text.slice(from, end)) ?? [];
    if (name !== undefined && isPath(name)) found.push({ name, start, end: Math.min(end + 1, text.length) });
  }
  return found;
}

/** As nginx writes it; people write `# configuration file for the shop:`. */
function isPath(name: string): boolean {
  return isAbsolute(name) || /^[^\s/]*\/\S*$/.test(name);
}

/** Two spellings of one name hold the same text. */
function once(run: readonly HeldText[]): HeldText[] {
  const names = new Set<string>();
  return run.filter(({ name }) => !names.has(name) && names.add(name));
}

/** nginx ends each file with a line end of its own, which is not the file's. */
function beforeLineEnd(text: string, at: number): number {
  if (text[at - 1] !== '\n') return at;
  return text[at - 2] === '\r' ? at - 2 : at - 1;
}

/** Colours and titles of terminals. */
const ESCAPES = /\u001b(?:\[[0-9;?]{0,30}[A-Za-z]|\][^\u0007\u001b\n]{0,200}\u0007)/g;

/** What nginx says on stderr; the two outputs may have been mixed. */
const SAID = /^nginx: (?:the configuration file|configuration file|\[[a-z]{3,10}\]) .*/gm;

/** A last line on which the shell waits again, and what was typed there to leave. */
const PROMPT =
  /\n(?:\[?[\w.-]{1,100}@[^\n;{}]{1,300}|[\w.-]{0,20}|\/[\w./-]{0,200} )[#$%>][ \t]*(?:exit|logout)?[ \t\r\n]*$/;

function blanked(raw: string): string {
  let text = raw.includes('\u001b') ? raw.replace(ESCAPES, blanks) : raw;
  if (text.includes('nginx: ')) text = text.replace(SAID, blanks);
  const tail = text.length - 1000;
  const prompt = PROMPT.exec(text.slice(Math.max(0, tail)));
  if (!prompt) return text;
  const at = Math.max(0, tail) + prompt.index + 1;
  return text.slice(0, at) + blanks(text.slice(at));
}

function blanks(piece: string): string {
  return piece.replace(/[^\n\r]/g, ' ');
}
