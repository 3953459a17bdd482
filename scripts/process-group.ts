// Starts a program in a process group of its own, so that stopping it stops everything it started.
import { type ChildProcess, type SpawnOptions, spawn, spawnSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

export interface ProcessGroup {
  child: ChildProcess;
  /** Asks the whole group to end, kills what is still there after `patience` ms, and resolves when nothing is left. */
  stop(patience?: number): Promise<void>;
}

const running = new Set<ProcessGroup>();
let stopping = false;

export function startGroup(command: string, args: readonly string[], options: SpawnOptions = {}): ProcessGroup {
  if (stopping) {
    throw new Error('Stopped by a signal.');
  }
  const posix = process.platform !== 'win32';
  const child = spawn(command, args, { ...options, detached: posix });
  // The group is named after its first process, and outlives it for as long as any member runs.
  const signal = (name: NodeJS.Signals | 0): boolean => {
    try {
      return child.pid !== undefined && process.kill(-child.pid, name);
    } catch {
      return false;
    }
  };
  const stop = async (patience = 8000) => {
    if (!posix) {
      if (child.pid !== undefined) {
        spawnSync('taskkill', ['/pid', String(child.pid), '/T', '/F'], { stdio: 'ignore' });
      }
      return;
    }
    signal('SIGTERM');
    for (const end = Date.now() + patience; signal(0) && Date.now() < end; ) {
      await sleep(50);
    }
    signal('SIGKILL');
    for (const end = Date.now() + 2000; signal(0) && Date.now() < end; ) {
      await sleep(20);
    }
  };
  const group: ProcessGroup = {
    child,
    stop: async (patience) => {
      await stop(patience);
      running.delete(group);
    },
  };
  running.add(group);
  return group;
}

/** Stops every group that this process has started. */
export const stopGroups = async (): Promise<void> =>
  void (await Promise.all([...running].map((group) => group.stop())));

/** On the first signal that asks this process to stop: runs `end`, stops every group, and only then ends by that signal. */
export function onStopSignal(end: () => Promise<void> | void = stopGroups): void {
  const stop = async (signal: NodeJS.Signals) => {
    if (stopping) {
      return;
    }
    stopping = true;
    try {
      await end();
    } finally {
      await stopGroups();
      // Not process.exit: vitest's workers refuse it, and a shell wants to know that it was the signal.
      for (const name of signals) {
        process.removeAllListeners(name);
      }
      process.kill(process.pid, signal);
    }
  };
  for (const name of signals) {
    process.on(name, () => void stop(name));
  }
  // npm hands a SIGTERM to the shell between it and this process, and that shell ends without passing it on.
  const { ppid } = process;
  if (process.env.npm_lifecycle_event) {
    setInterval(() => process.ppid !== ppid && stop('SIGTERM'), 500).unref();
  }
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
