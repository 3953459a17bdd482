/**
 * Writing to the terminal: data to stdout at the reader's pace, messages to stderr, colours only where they are seen. What goes
 * to a file or a pipe is written without Node's streams, which take longer to load than a small file to check.
 */
import { fstatSync, type Stats, statSync, writeSync } from 'node:fs';
import { inline } from './plain-text';

type Paint = (text: string) => string;

export interface Colors {
  readonly bold: Paint;
  readonly dim: Paint;
  readonly red: Paint;
  readonly green: Paint;
  readonly yellow: Paint;
  readonly cyan: Paint;
}

const asIs: Paint = (text) => text;
const NO_COLORS: Colors = { bold: asIs, dim: asIs, red: asIs, green: asIs, yellow: asIs, cyan: asIs };

/** Readable at this width; wider terminals are not filled, because long lines read badly. */
const WIDTH = 80;

let known: boolean | undefined;

/** Does a person read stdout? */
export function isTerminal(): boolean {
  if (known === undefined) {
    const stat = statOf(STDOUT);
    known = stat?.isCharacterDevice() === true && !isNull(stat) && process.stdout.isTTY === true;
  }
  return known;
}

export function width(): number {
  const columns = isTerminal() ? process.stdout.columns : WIDTH;
  return Math.max(40, Math.min(columns || WIDTH, WIDTH));
}

export function colors(): Colors {
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env;
  if (NO_COLOR) return NO_COLORS;
  const forced = FORCE_COLOR !== undefined && FORCE_COLOR !== '';
  const wanted = forced ? FORCE_COLOR !== '0' && FORCE_COLOR !== 'false' : isTerminal() && TERM !== 'dumb';
  // An import would run in any case, and asks Node for its streams.
  return wanted ? (require('picocolors') as typeof import('picocolors')).createColors(true) : NO_COLORS;
}

const STDOUT = 1;

/** Null for one that is closed. */
function statOf(fd: number): Stats | null {
  try {
    return fstatSync(fd);
  } catch {
    return null;
  }
}

/** `> /dev/null`: who only wants the exit status. */
function isNull({ dev, ino }: Stats): boolean {
  try {
    const device = statSync('/dev/null');
    return device.dev === dev && device.ino === ino;
  } catch {
    return false;
  }
}

/** Waits while the reader is slower than we are, so that a long output does not pile up in memory. */
export async function print(data: string | Uint8Array): Promise<void> {
  const rest = writtenDirectly(typeof data === 'string' ? Buffer.from(data) : data);
  if (rest.length === 0 || stream('stdout').write(rest)) return;
  await new Promise<void>((resolve) => process.stdout.once('drain', resolve));
}

let isDirect: boolean | undefined;

/** What is left to write: all for a terminal, the rest where a pipe of somebody else's making says that it is full. */
function writtenDirectly(data: Uint8Array): Uint8Array {
  if (isDirect === undefined) {
    const stat = process.platform === 'win32' ? null : statOf(STDOUT);
    isDirect = stat !== null && (stat.isFile() || stat.isFIFO() || stat.isSocket() || isNull(stat));
  }
  let rest = data;
  while (isDirect && rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(STDOUT, rest));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') stop('stdout', error as NodeJS.ErrnoException);
      isDirect = false;
    }
  }
  return rest;
}

const heard = new Set<'stdout' | 'stderr'>();

/** Node's stream, whose failure ends the program. */
function stream(name: 'stdout' | 'stderr'): NodeJS.WriteStream {
  const found = process[name];
  if (!heard.has(name)) {
    heard.add(name);
    found.on('error', (error: NodeJS.ErrnoException) => stop(name, error));
  }
  return found;
}

/** `… | head` closes the pipe when it has seen enough: that is no failure. */
function stop(name: 'stdout' | 'stderr', { code }: NodeJS.ErrnoException): never {
  if (code === 'EPIPE') process.exit();
  process.exitCode = 2;
  if (name === 'stdout') stream('stderr').write(`upstream-medic: cannot write: ${code}\n`);
  process.exit();
}

/** A message for the person, on stderr. */
export function complain(message: string): void {
  say(`upstream-medic: ${message}`);
}

/** Progress, on stderr; one line whatever it holds. */
export function say(message: string): void {
  warn(`${message.split('\n').map(inline).join('\n')}\n`);
}

/** Text for stderr as it is. */
export function warn(text: string): void {
  stream('stderr').write(text);
}

/** All that was printed has left the process. */
export async function flushed(): Promise<void> {
  for (const name of heard) await new Promise<void>((resolve) => process[name].write('', () => resolve()));
}

/** One array, an element at a time and on a line of its own, so that it need not be in memory. */
export function jsonArray(): { add(value: unknown): Promise<void>; end(): Promise<void> } {
  let count = 0;
  return {
    add: (value) => print(`${count++ === 0 ? '[\n' : ',\n'}${json(value)}`),
    end: () => print(count === 0 ? '[]\n' : '\n]\n'),
  };
}

/** JSON that is safe to print on a terminal: what JSON leaves alone but a terminal may obey is escaped too. */
export function json(value: unknown, indent?: number): string {
  return JSON.stringify(value, null, indent).replace(
    /[\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
