/** What the panel's page and the extension say to each other. */
import type { Range } from '../../../server/src/lsp/protocol';

export type FromPage =
  | { readonly type: 'open'; readonly uri: string; readonly range: Range }
  | { readonly type: 'preview' | 'apply' | 'show'; readonly index: number }
  | { readonly type: 'copy'; readonly text: string }
  /** Of a log: to be opened there, to be explained. */
  | { readonly type: 'line' | 'explain'; readonly line: number }
  | { readonly type: 'markdown' | 'folder' | 'again' | 'leave' | 'follow' };

export type ToPage =
  | { readonly type: 'body'; readonly html: string; readonly state: unknown }
  /** For the eye and for screen readers. */
  | { readonly type: 'say'; readonly text: string };
