/** Writing to the terminal: data to stdout at the reader's pace, messages to stderr, colours only where they are seen. */
import { createColors } from 'picocolors';
import { inline } from './plain-text';

export type Colors = ReturnType<typeof createColors>;

/** Readable at this width; wider terminals are not filled, because long lines read badly. */
const WIDTH = 80;

export function width(): number {
  const columns = process.stdout.isTTY ? process.stdout.columns : WIDTH;
  return Math.max(40, Math.min(columns || WIDTH, WIDTH));
}

export function colors(stream: NodeJS.WriteStream = process.stdout): Colors {
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env;
  if (NO_COLOR) return createColors(false);
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== '')
    return createColors(FORCE_COLOR !== '0' && FORCE_COLOR !== 'false');
  return createColors(stream.isTTY === true && TERM !== 'dumb');
}

/** Waits while the reader is slower than we are, so that a long output does not pile up in memory. */
export async function print(data: string | Uint8Array): Promise<void> {
  if (data.length === 0 || process.stdout.write(data)) return;
  await new Promise<void>((resolve) => process.stdout.once('drain', resolve));
}

/** A message for the person, on stderr. */
export function complain(message: string): void {
  say(`upstream-medic: ${message}`);
}

/** Progress, on stderr; one line whatever it holds. */
export function say(message: string): void {
  process.stderr.write(`${message.split('\n').map(inline).join('\n')}\n`);
}

/** `… | head` closes the pipe when it has seen enough: that is no failure. */
export function quietOnClosedPipe(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit();
      process.exitCode = 2;
      if (stream === process.stdout) process.stderr.write(`upstream-medic: cannot write: ${error.code}\n`);
      process.exit();
    });
  }
}

/** All that was printed has left the process. */
export async function flushed(): Promise<void> {
  await new Promise<void>((resolve) => process.stdout.write('', () => resolve()));
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
