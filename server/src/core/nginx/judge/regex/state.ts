/** All that is known of an expression while it is read. */
import type { Item } from './items';
import type { Reader } from './reader';

export interface Options {
  /** `(?x)`, `(?xx)`, `(?n)`, `(?J)`. */
  readonly extended: boolean;
  readonly extendedMore: boolean;
  readonly noCapture: boolean;
  readonly sameNames: boolean;
}

/** What is put back at the `)` of the group at this depth. */
export interface Nest {
  readonly depth: number;
  readonly options: Options;
  /** `(?|`: groups before it, and the most that a branch has reached. */
  readonly reset: { readonly from: number; most: number } | null;
  readonly isCondition: boolean;
}

/** A group that is still open. */
export interface Open {
  readonly kind: 'condition' | 'define' | 'other';
  alternatives: number;
}

export interface Named {
  readonly name: string;
  readonly group: number;
}

export interface State extends Reader {
  readonly items: Item[];
  readonly named: Named[];
  readonly open: Open[];
  readonly nests: Nest[];
  /** Groups that conditions name; `digits` of a name that may mean a recursion instead, as `R1` does. */
  readonly tested: { readonly group: number | string; readonly digits: number | null }[];
  options: Options;
  hasResets: boolean;
  hasLookbehinds: boolean;
  /** Is there something that a quantifier may follow? */
  repeatable: boolean;
  afterQuantifier: boolean;
  /** Above 0, an assertion must follow `(?(`, perhaps behind a callout. */
  wanted: number;
  /** As `wanted` was before the item that is being read. */
  wasWanted: number;
}

export function newState(text: string, utf: boolean): State {
  return {
    text,
    utf,
    at: 0,
    groups: 0,
    items: [],
    named: [],
    open: [],
    nests: [],
    tested: [],
    options: { extended: false, extendedMore: false, noCapture: false, sameNames: false },
    hasResets: false,
    hasLookbehinds: false,
    repeatable: false,
    afterQuantifier: false,
    wanted: 0,
    wasWanted: 0,
  };
}

/** A group begins: `kind` and, for a capturing one, its number. */
export function enter(state: State, kind: (Item & { op: 'open' })['kind'], group: number | null = null): void {
  state.items.push({ op: 'open', kind, group });
  state.open.push({ kind: kind === 'condition' || kind === 'define' ? kind : 'other', alternatives: 1 });
}

/** Something of one character's length. */
export function addOne(state: State, size: number): void {
  state.items.push({ op: 'one', size });
  state.repeatable = true;
}

/** The number of a group; null where there is no such group. */
export function groupOf({ groups, named }: State, group: number | string): number | null {
  if (typeof group === 'number') return group <= groups ? group : null;
  return named.find(({ name }) => name === group)?.group ?? null;
}

/** A lookahead or lookbehind, which no quantifier may follow where it is a condition. */
export function enterAssertion(state: State, kind: 'ahead' | 'behind'): void {
  enter(state, kind);
  state.hasLookbehinds ||= kind === 'behind';
  if (state.wasWanted > 0)
    state.nests.push({ depth: state.open.length, options: state.options, reset: null, isCondition: true });
}
