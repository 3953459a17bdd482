/** Writes changed files: all are made ready first, then each takes the place of the old one in one step. */
import { access, constants, mkdir, open, readFile, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { decode, isLatin1 } from '../disk';
import type { Change } from './draft';

export interface WriteProblem {
  readonly file: string;
  readonly reason: string;
}

interface Ready {
  readonly file: string;
  readonly temporary: string;
  readonly target: string;
}

/** Where one file cannot be written none is changed, as far as can be told beforehand. */
export async function writeAll(changes: readonly Change[]): Promise<readonly WriteProblem[]> {
  const ready: Ready[] = [];
  const problems: WriteProblem[] = [];
  for (const change of changes) {
    try {
      ready.push(await prepare(change));
    } catch (error) {
      problems.push({ file: change.file, reason: reasonOf(error) });
    }
  }
  for (const { file, temporary, target } of ready) {
    try {
      if (problems.length === 0) await rename(temporary, target);
      else await rm(temporary, { force: true });
    } catch (error) {
      await rm(temporary, { force: true });
      problems.push({ file, reason: reasonOf(error) });
    }
  }
  return problems;
}

/** The new text beside the old file, with its mode and owner. A leading dot keeps it out of `include *`. */
async function prepare({ file, before, after }: Change): Promise<Ready> {
  if (before === null) {
    await mkdir(dirname(file), { recursive: true });
    const temporary = temporaryName(file);
    await write(temporary, Buffer.from(after), 0o644, null);
    return { file, temporary, target: file };
  }
  const target = await realpath(file);
  const bytes = await readFile(target);
  if (decode(bytes) !== before) throw new Error('was changed by another program meanwhile; nothing was written');
  await access(target, constants.W_OK);
  const { mode, uid, gid } = await stat(target);
  const temporary = temporaryName(target);
  await write(temporary, encode(after, isLatin1(bytes)), mode & 0o7777, { uid, gid });
  return { file, temporary, target };
}

async function write(
  file: string,
  bytes: Uint8Array,
  mode: number,
  owner: { uid: number; gid: number } | null,
): Promise<void> {
  const handle = await open(file, 'wx', 0o600);
  try {
    await handle.writeFile(bytes);
    const made = await handle.stat();
    if (owner && (made.uid !== owner.uid || made.gid !== owner.gid)) {
      await handle.chown(owner.uid, owner.gid).catch(() => {
        throw new Error(`its owner (${owner.uid}:${owner.gid}) could not be kept: run as that user or as root`);
      });
    }
    await handle.chmod(mode);
    await handle.sync();
    await handle.close();
  } catch (error) {
    await handle.close().catch(() => {});
    await rm(file, { force: true });
    throw error;
  }
}

function temporaryName(file: string): string {
  return join(dirname(file), `.${basename(file)}.${process.pid}.upstream-medic`);
}

/** As the file was written: see `decode`. */
function encode(text: string, latin1: boolean): Uint8Array {
  if (!latin1) return Buffer.from(text);
  if (/[^\u0000-\u00ff]/.test(text)) throw new Error('is no UTF-8, and the fix has letters that it cannot hold');
  return Buffer.from(text, 'latin1');
}

function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'EACCES' || code === 'EPERM') return 'permission denied';
  if (code === 'EROFS') return 'read-only file system';
  if (code === 'ENOENT') return 'no such file or directory';
  return message;
}
