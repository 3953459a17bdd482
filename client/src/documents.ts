/** Which documents and files the server is told of. */
import * as vscode from 'vscode';
import type { DocumentSelector, Middleware } from 'vscode-languageclient';
import { PREVIEW_SCHEME } from './panel/changes';

/** Also what has no language of its own, so that the server can recognise what was pasted or has an unusual name. */
export const documentSelector: DocumentSelector = [
  ...['nginx', 'NGINX', 'php-fpm', 'nginx-error-log', 'plaintext', 'log'].map((language) => ({ language })),
  // What VS Code takes any .conf for.
  ...['properties', 'ini'].map((language) => ({ language, pattern: '**/*.conf*' })),
];

const watched = [
  '**/*.{conf,template,service,socket}',
  '**/{nginx,openresty,sites-available,sites-enabled,pool.d,php-fpm.d,conf.d}/**',
  '**/{mime.types,fastcgi_params,fastcgi.conf,uwsgi_params,scgi_params,proxy_params}',
  '**/{compose,docker-compose}*.{yml,yaml}',
  '**/{Dockerfile,Containerfile}*',
];

export const watchers = (): vscode.FileSystemWatcher[] =>
  watched.map((pattern) => vscode.workspace.createFileSystemWatcher(pattern));

/** Other states of a file, and texts that are none: not what nginx reads. */
const FOREIGN = new Set([PREVIEW_SCHEME, 'git', 'gitlens', 'pr', 'review', 'vscode-local-history', 'vscode-userdata']);
const OWN = new Set(['file', 'untitled', 'vscode-remote', 'vscode-vfs']);

function isOwn({ uri: { scheme } }: vscode.TextDocument): boolean {
  // Output channels, terminals and the like have no file system. Sending them would even echo the server's own trace.
  return OWN.has(scheme) || (!FOREIGN.has(scheme) && vscode.workspace.fs.isWritableFileSystem(scheme) !== undefined);
}

export const middleware: Middleware = {
  didOpen: async (document, next) => {
    if (isOwn(document)) await next(document);
  },
  didChange: async (event, next) => {
    if (isOwn(event.document)) await next(event);
  },
  didSave: async (document, next) => {
    if (isOwn(document)) await next(document);
  },
  didClose: async (document, next) => {
    if (isOwn(document)) await next(document);
  },
  workspace: {
    // A log next to its configuration grows all the time, and no configuration depends on it.
    didChangeWatchedFile: async (event, next) => {
      if (!/\.log(?:\.\d+)?$/.test(event.uri)) await next(event);
    },
  },
};
