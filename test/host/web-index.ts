// Where the web worker extension host enters the tests. The runner bundles it in front of the test files, which so find mocha ready.
import 'mocha/mocha.js';

mocha.setup({ ui: 'bdd', reporter: 'spec', color: false, timeout: 20_000 });

export async function run(): Promise<void> {
  const failures = await new Promise<number>((resolve) => mocha.run(resolve));
  if (failures > 0) {
    throw new Error(`${failures} failed.`);
  }
}
