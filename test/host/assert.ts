// The assertions of the host tests. Node's own do not exist in the web worker extension host, where the same tests run.

class AssertionError extends Error {
  override name = 'AssertionError';
  /** Mocha prints a diff of the two. */
  showDiff = true;
  constructor(
    message: string,
    readonly actual?: unknown,
    readonly expected?: unknown,
  ) {
    super(message);
  }
}

export function ok(value: unknown, message = `${show(value)} is not truthy`): asserts value {
  if (!value) {
    throw new AssertionError(message);
  }
}

/** Compares what two values look like as JSON, so that a vscode.Range equals one written as a plain object. */
export function equal<T>(actual: T, expected: T, message = `${show(actual)} is not ${show(expected)}`): void {
  if (show(actual) !== show(expected)) {
    throw new AssertionError(message, actual, expected);
  }
}

export function match(actual: string, pattern: RegExp, message = `${show(actual)} does not match ${pattern}`): void {
  if (!pattern.test(actual)) {
    throw new AssertionError(message, actual, String(pattern));
  }
}

/** Waits for a value that is not null, undefined or false: what an editor does, it does later. */
export async function until<T>(
  what: string,
  ask: () => T | Promise<T>,
  patience = 10_000,
): Promise<Exclude<T, undefined | null | false>> {
  const end = Date.now() + patience;
  for (;;) {
    const value = await ask();
    if (value !== undefined && value !== null && value !== false) {
      return value as Exclude<T, undefined | null | false>;
    }
    if (Date.now() > end) {
      throw new AssertionError(`${what}: not within ${patience / 1000} s`);
    }
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

const show = (value: unknown) => JSON.stringify(value) ?? String(value);
