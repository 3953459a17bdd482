/** A thread that counts a part of a log: what tally-log.ts starts. The build makes a file of its own of it. */
import { readSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { type Counted, type LogRecord, plainMeaning, Tally } from '../../core/index';
import type { Part } from './tally-log';

function count({ fd, from, to, ...options }: Part): Counted | null {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  const meaning = (record: LogRecord) => ({ meaning: plainMeaning(record), byWording: true });
  const tally = new Tally({ meaning, decoder, isPart: true, ...options });
  for (let at = from; at < to; ) {
    const room = tally.room();
    const read = readSync(fd, room, 0, Math.min(room.length, to - at), at);
    if (read === 0 || tally.counts.isBeyond) return null;
    tally.filled(read);
    at += read;
  }
  tally.finish();
  return tally.counted();
}

const counted = count(workerData as Part);
parentPort!.postMessage(counted, counted?.counts.timelines.pieces.map(({ buffer }) => buffer as ArrayBuffer) ?? []);
