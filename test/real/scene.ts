/** A temporary folder with files and running programs in it, torn down when its test ends, however it ends. */
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { onStopSignal } from '../../scripts/process-group';

export interface Scene {
  /** Short, because the path of a unix socket has at most 107 bytes; other users may enter it. */
  readonly folder: string;
  readonly path: (name: string) => string;
  /** Writes files by their path in the folder, folders included. */
  write(files: Readonly<Record<string, string>>): void;
  /** Runs when the scene closes, last in first out. */
  atEnd(end: () => Promise<unknown> | unknown): void;
}

const open = new Set<() => Promise<void>>();
onStopSignal(async () => void (await Promise.all([...open].map((close) => close()))));

/** Inside a test its end closes the scene; elsewhere `closeWith` gets what closes it. */
export function newScene(closeWith: (close: () => Promise<void>) => void = onTestFinished): Scene {
  const folder = realpathSync(mkdtempSync(path.join(process.platform === 'win32' ? tmpdir() : '/tmp', 'um-')));
  chmodSync(folder, 0o755);
  const ends: (() => Promise<unknown> | unknown)[] = [() => rmSync(folder, { recursive: true, force: true })];
  const close = async (): Promise<void> => {
    open.delete(close);
    const failures: unknown[] = [];
    for (let end = ends.pop(); end; end = ends.pop()) {
      try {
        await end();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw new AggregateError(failures, 'the scene did not close cleanly');
  };
  open.add(close);
  closeWith(close);
  const inside = (name: string): string => path.join(folder, name);
  return {
    folder,
    path: inside,
    write(files) {
      for (const [name, text] of Object.entries(files)) {
        mkdirSync(path.dirname(inside(name)), { recursive: true });
        writeFileSync(inside(name), text);
      }
    },
    atEnd: (end) => void ends.push(end),
  };
}

/** Asks again until the answer is there; says what it waited for when it never comes. */
export async function until<T>(what: string, ask: () => Promise<T | null> | T | null, patience = 10_000): Promise<T> {
  for (const end = Date.now() + patience; ; await sleep(15)) {
    const answer = await ask();
    if (answer !== null && answer !== false) return answer;
    if (Date.now() > end) throw new Error(`waited ${patience / 1000} s in vain for ${what}`);
  }
}

const handedOut = new Set<number>();

/** A port on which nothing listens. Below those that the kernel gives to outgoing connections, so that it stays free. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < 200; tries++) {
    const port = 10_240 + Math.floor(Math.random() * 20_000);
    if (handedOut.has(port)) continue;
    handedOut.add(port);
    const isFree = await new Promise<boolean>((resolve) => {
      const probe = createServer();
      probe.once('error', () => resolve(false));
      // All addresses at once: taken on one of them is taken.
      probe.listen(port, () => probe.close(() => resolve(true)));
    });
    if (isFree) return port;
  }
  throw new Error('no free port found');
}
