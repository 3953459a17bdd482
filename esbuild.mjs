// Bundles in dist/: the extension and its language server for desktop and web, and the command line.
import { rmSync } from 'node:fs';
import { build } from 'esbuild';

const production = process.argv.includes('--production');
rmSync('dist', { recursive: true, force: true });

const common = { bundle: true, logLevel: 'warning', minify: production, sourcemap: !production, legalComments: 'none' };
const node = { ...common, platform: 'node', format: 'cjs', target: 'node20' };
const web = { ...common, platform: 'browser', target: 'es2022', define: { global: 'globalThis' } };

await Promise.all([
  build({ ...node, entryPoints: { client: 'client/src/node.ts' }, outdir: 'dist', external: ['vscode'] }),
  build({ ...node, entryPoints: { server: 'server/src/hosts/node.ts' }, outdir: 'dist' }),
  build({
    ...node,
    entryPoints: { cli: 'server/src/hosts/cli.ts' },
    outdir: 'dist',
    banner: { js: '#!/usr/bin/env node' },
  }),
  build({
    ...web,
    format: 'cjs',
    entryPoints: { client: 'client/src/browser.ts' },
    outdir: 'dist/web',
    external: ['vscode'],
  }),
  build({ ...web, format: 'iife', entryPoints: { server: 'server/src/hosts/worker.ts' }, outdir: 'dist/web' }),
  // What the explanation panel loads into its page.
  build({
    ...web,
    format: 'iife',
    entryPoints: ['client/src/panel/page.ts', 'client/src/panel/panel.css'],
    outdir: 'dist/panel',
  }),
  // A guard, not a product: core must bundle for no platform at all.
  build({ ...common, platform: 'neutral', entryPoints: ['server/src/core/index.ts'], write: false }),
]);
