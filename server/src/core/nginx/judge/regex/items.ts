/** What an expression consists of, as far as its lengths are concerned. */
export type Item =
  /** One character; `size` is what it fills when compiled. */
  | { readonly op: 'one'; readonly size: number }
  /** A place between characters, or something that changes nothing. */
  | { readonly op: 'zero'; readonly size: number }
  | { readonly op: 'unfixed'; readonly bounded: boolean }
  /** `(*ACCEPT)`, `(*FAIL)`: what follows in the branch is not reached. */
  | { readonly op: 'stop' }
  | {
      readonly op: 'open';
      readonly kind: 'group' | 'capture' | 'ahead' | 'behind' | 'condition' | 'define';
      readonly group: number | null;
    }
  | { readonly op: 'alternative' }
  | { readonly op: 'close' }
  | { readonly op: 'repeat'; readonly min: number; readonly max: number }
  /** `older`: PCRE 8 reads a number that is no group as something else. */
  | { readonly op: 'reference'; readonly group: number | string; readonly older: boolean }
  | { readonly op: 'call'; readonly group: number | string };
