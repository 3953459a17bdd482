// Bundles in dist/: the extension and its language server for desktop and web, and the command line.
import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';
import { tsImport } from 'tsx/esm/api';

const production = process.argv.includes('--production');
rmSync('dist', { recursive: true, force: true });

const { referencePlugin } = await tsImport('./scripts/reference.ts', import.meta.url);
const { startable } = await tsImport('./scripts/startable.ts', import.meta.url);
const { notices } = await tsImport('./scripts/notices.ts', import.meta.url);

const common = {
  bundle: true,
  logLevel: 'warning',
  minify: production,
  sourcemap: !production,
  legalComments: 'none',
  plugins: [referencePlugin],
  metafile: true,
};
const node = { ...common, platform: 'node', format: 'cjs', target: 'node20' };
const web = { ...common, platform: 'browser', target: 'es2022', define: { global: 'globalThis' } };

const bundles = await Promise.all([
  build({ ...node, entryPoints: { client: 'client/src/node.ts' }, outdir: 'dist', external: ['vscode'] }),
  build({ ...node, entryPoints: { server: 'server/src/hosts/node.ts' }, outdir: 'dist' }),
  build({
    ...node,
    entryPoints: { cli: 'server/src/hosts/start.ts' },
    outdir: 'dist',
    banner: { js: '#!/usr/bin/env node' },
  }),
  build({
    ...node,
    entryPoints: { 'cli/program': 'server/src/hosts/cli.ts', 'cli/check': 'server/src/hosts/cli-check.ts' },
    outdir: 'dist',
    ...startable,
    plugins: [...common.plugins, ...startable.plugins],
  }),
  build({ ...node, entryPoints: { 'cli/count-part': 'server/src/hosts/cli/count-part.ts' }, outdir: 'dist' }),
  build({
    ...web,
    format: 'cjs',
    entryPoints: { client: 'client/src/browser.ts' },
    outdir: 'dist/web',
    external: ['vscode'],
  }),
  build({ ...web, format: 'iife', entryPoints: { server: 'server/src/hosts/worker.ts' }, outdir: 'dist/web' }),
  // What the panels load into their pages.
  build({
    ...web,
    format: 'iife',
    entryPoints: {
      page: 'client/src/panel/page.ts',
      topology: 'client/src/topology/page.ts',
      panel: 'client/src/panel/panels.css',
    },
    outdir: 'dist/panel',
  }),
  // A guard, not a product: core must bundle for no platform at all.
  build({ ...common, platform: 'neutral', entryPoints: ['server/src/core/index.ts'], write: false }),
]);
writeFileSync('dist/NOTICES.txt', notices(bundles.map(({ metafile }) => metafile)));
for (const program of ['dist/cli/program.js', 'dist/cli/check.js'])
  execFileSync(process.execPath, ['scripts/code-cache.mjs', program], { stdio: 'ignore' });
