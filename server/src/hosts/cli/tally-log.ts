/** Counts a log; a large file in parts, each on a thread of its own, with the same result. */
import { readSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { type Counted, seam, type Tally } from '../../core/index';
import { bytesOf, isGzip, openFile, streamOf } from './log';

/** What a thread counts: the bytes from `from` to `to` of an open file, and with which options of a tally. */
export interface Part extends PartOptions {
  readonly fd: number;
  readonly from: number;
  readonly to: number;
}

export interface PartOptions {
  readonly seed: number;
  readonly since?: number;
  readonly until?: number;
}

/** So many bytes are counted here while another thread starts; it gets no part that is smaller. */
const START = 16 * 1024 * 1024;
/** Each takes memory. */
const MOST_THREADS = 2;
/** In MB, for what a thread soon drops. */
const YOUNG = 8;
/** Where the log is cut is looked for in so many bytes. */
const SEAM = 64 * 1024;

/**
 * Throws what the file system says when the log cannot be read; what was read until then is counted. `options`: of the tally;
 * null when it needs more than these, so that no other thread can help.
 */
export async function tallyLog(path: string, tally: Tally, options: PartOptions | null): Promise<void> {
  const file = path === '-' ? null : await openFile(path);
  let helpers: readonly Helper[] = [];
  try {
    if (!file || (await isGzip(file))) {
      for await (const piece of await bytesOf(streamOf(file))) tally.add(piece);
      return;
    }
    const { fd } = file;
    if (options) helpers = seams(fd, (await file.stat()).size).map(([from, to]) => help({ fd, from, to, ...options }));
    let at = 0;
    for (const { from, to, counted } of helpers) {
      read(fd, tally, at, from);
      tally.finish();
      const found = await counted;
      if (found) tally.merge(found);
      at = found ? to : from;
    }
    read(fd, tally, at, Number.POSITIVE_INFINITY);
  } finally {
    tally.finish();
    // What one may still read, nobody asks for.
    for (const { worker } of helpers) void worker.terminate();
    await file?.close();
  }
}

/** Until `to`, or the end of the file. */
function read(fd: number, tally: Tally, from: number, to: number): void {
  for (let at = from; at < to; ) {
    const room = tally.room();
    const count = readSync(fd, room, 0, Math.min(room.length, to - at), at);
    if (count === 0) return;
    tally.filled(count);
    at += count;
  }
}

/** The parts that other threads are to count: from and to. What is before and behind them is left. */
function seams(fd: number, size: number): [from: number, to: number][] {
  const threads = Math.min(MOST_THREADS, availableParallelism(), Math.floor(size / START) - 1);
  const piece = new Uint8Array(SEAM);
  const found: number[] = [];
  for (let i = 1; i <= threads; i++) {
    const from = START + Math.floor(((size - SEAM - START) * i) / threads);
    const at = seam(piece.subarray(0, readSync(fd, piece, 0, SEAM, from)));
    // Where entries are not plain, nothing tells whether one goes on.
    if (at < 0) return [];
    found.push(from + at);
  }
  return found.slice(1).map((to, i) => [found[i]!, to]);
}

interface Helper extends Pick<Part, 'from' | 'to'> {
  readonly worker: Worker;
  /** Null when the part has to be counted here. */
  readonly counted: Promise<Counted | null>;
}

function help(part: Part): Helper {
  const worker = new Worker(join(__dirname, 'count-part.js'), {
    workerData: part,
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG },
  });
  const counted = new Promise<Counted | null>((done) => {
    worker.on('message', done);
    worker.on('error', () => done(null));
    worker.on('exit', () => done(null));
  });
  return { from: part.from, to: part.to, worker, counted };
}
