/** Elements whose texts are texts: nothing that a file holds becomes HTML. */
import { visible } from '../panel/html-text';

type Child = Node | string | null | undefined | false;

/** `make('p', 'quiet', …)`; control characters and those that turn the direction of a text are shown as what they are. */
export function make<K extends keyof HTMLElementTagNameMap>(
  name: K,
  className: string,
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(name);
  if (className !== '') element.className = className;
  for (const child of children) {
    if (child) element.append(typeof child === 'string' ? visible(child) : child);
  }
  return element;
}

/** Names of hosts break behind a dot, addresses behind a slash or colon, and neither within a word. */
export function breakable(text: string, behind = /(?<=[/:])/): DocumentFragment {
  const fragment = document.createDocumentFragment();
  for (const piece of visible(text).split(behind)) fragment.append(piece, document.createElement('wbr'));
  return fragment;
}

const SVG = 'http://www.w3.org/2000/svg';

export function makeSvg(name: string, attributes: Readonly<Record<string, string | number>>): SVGElement {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  return element;
}

const SHAPES = {
  broken: 'M5 5l6 6M11 5l-6 6',
  warning: 'M8 4v5M8 11.4v.6',
  ok: 'M4.6 8.2l2.4 2.4 4.6-5',
} as const;

/** A sign that says the same as the colour. */
export function sign(state: keyof typeof SHAPES): SVGElement {
  const svg = makeSvg('svg', { class: `sign ${state}`, viewBox: '0 0 16 16', 'aria-hidden': 'true' });
  if (state !== 'ok') svg.append(makeSvg('circle', { cx: 8, cy: 8, r: 7 }));
  svg.append(makeSvg('path', { d: SHAPES[state] }));
  return svg;
}

export const unseen = (text: string): HTMLElement => make('span', 'unseen', text);
