/** Fixes gathered round by round over unchanged files: what they would look like afterwards. */
import { applyEdits, type Edit } from '../../core/index';
import type { Snapshot } from './snapshot';

/** A file as it was and as it is to be. */
export interface Change {
  readonly file: string;
  /** Null: the file is new. */
  readonly before: string | null;
  readonly after: string;
}

export interface Draft {
  /** The files with all rounds so far applied. */
  readonly files: Snapshot;
  /**
   * Takes all edits of a fix into this round, or none: `waits` when they touch another fix's, which goes first; `known`
   * when another fix does the same, or a file that they create is there.
   */
  add(edits: readonly Edit[]): Promise<'added' | 'waits' | 'known'>;
  /** Ends the round. */
  apply(): Promise<void>;
  changes(): Promise<readonly Change[]>;
}

interface Pending {
  readonly name: string;
  readonly edits: Edit[];
}

export function draft(files: Snapshot): Draft {
  const before = new Map<string, { name: string; text: string | null }>();
  let round = new Map<string, Pending>();

  return {
    files,
    async add(edits) {
      const wanted: { real: string; edit: Edit }[] = [];
      for (const edit of edits) {
        const real = await files.real(edit.file);
        if (edit.create && (await files.stat(edit.file)) !== 'missing') continue;
        // One file under two names gets an edit once.
        if (!wanted.some((each) => each.real === real && same(each.edit, edit))) wanted.push({ real, edit });
      }
      const fresh = wanted.filter(({ real, edit }) => !round.get(real)?.edits.some((each) => same(each, edit)));
      if (fresh.length === 0) return 'known';
      for (const { real, edit } of wanted) {
        if (round.get(real)?.edits.some((each) => touches(each, edit))) return 'waits';
      }
      for (const { real, edit } of wanted) {
        const pending = round.get(real);
        if (pending) pending.edits.push(edit);
        else round.set(real, { name: edit.file, edits: [edit] });
      }
      return 'added';
    },
    async apply() {
      for (const [real, { name, edits }] of round) {
        const read = await files.read(name);
        const text = 'text' in read ? read.text : null;
        if (!before.has(real)) before.set(real, { name, text });
        await files.set(name, applyEdits(text ?? '', edits));
      }
      round = new Map();
    },
    async changes() {
      const changes: Change[] = [];
      for (const { name, text } of before.values()) {
        const read = await files.read(name);
        if ('text' in read && read.text !== text) changes.push({ file: name, before: text, after: read.text });
      }
      return changes.sort((a, b) => (a.file < b.file ? -1 : 1));
    },
  };
}

function same(a: Edit, b: Edit): boolean {
  return a.span.start === b.span.start && a.span.end === b.span.end && a.newText === b.newText;
}

/** Even side by side two edits may be halves of something: one waits for the other. */
function touches(a: Edit, b: Edit): boolean {
  return a.span.start <= b.span.end && b.span.start <= a.span.end;
}
