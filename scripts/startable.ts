/** How esbuild makes what server/src/hosts/start.ts runs. */
import type { BuildOptions, Plugin } from 'esbuild';

// commander can run subcommands as programs of their own; ours has none, and Node's module takes long to load.
const noChildProcess: Plugin = {
  name: 'no-child-process',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^(?:node:)?child_process$/ }, ({ path, importer }) =>
      /[\\/]commander[\\/]/.test(importer) ? { path, namespace: 'nothing' } : undefined,
    );
    onLoad({ filter: /.*/, namespace: 'nothing' }, () => ({ contents: '' }));
  },
};

export const startable = {
  plugins: [noChildProcess],
  // Wrapped as Node wraps a module, and in ASCII alone, so that it is read as it is; comments would not be.
  banner: { js: '(function (exports, require, module, __filename, __dirname) {' },
  footer: { js: '})' },
  charset: 'ascii',
  minifyWhitespace: true,
  // A script that is no module of Node's has no `import()`.
  supported: { 'dynamic-import': false },
} satisfies BuildOptions;
