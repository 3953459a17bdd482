/** What the topology's page and the extension say to each other. */
import type { Range, TopologyResult } from '../../../server/src/lsp/protocol';

export type FromPage =
  | { readonly type: 'ready' }
  | { readonly type: 'open'; readonly uri: string; readonly range: Range };

export type ToPage =
  | {
      readonly type: 'topology';
      readonly topology: TopologyResult;
      /** How files are called, by URI. */
      readonly names: Readonly<Record<string, string>>;
    }
  | { readonly type: 'problem'; readonly text: string };
