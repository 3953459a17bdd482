/** The lines between the cards of a band. */
import { makeSvg, sign } from './dom';
import type { Edge } from './layout';

/** Pixels from the upper edge of a card. */
const FIRST_LINE = 20;

/** A line with one bend, `gap` wide: before the card it leads to, or early, behind the one it comes from. */
function curve(x1: number, y1: number, x2: number, y2: number, gap: number, early = false): string {
  if (early) {
    const end = Math.min(x2, x1 + gap);
    const middle = (x1 + end) / 2;
    return `M${x1} ${y1}C${middle} ${y1} ${middle} ${y2} ${end} ${y2}H${x2}`;
  }
  const bend = Math.max(x1, x2 - gap);
  const middle = (bend + x2) / 2;
  return `M${x1} ${y1}H${bend}C${middle} ${y1} ${middle} ${y2} ${x2} ${y2}`;
}

/** Redraws the lines of `grid`, whose first child is their picture. */
export function wire(grid: HTMLElement, edges: readonly Edge[], server: HTMLElement): void {
  const svg = grid.querySelector<SVGElement>(':scope > svg.wires');
  if (!svg) return;
  const origin = grid.getBoundingClientRect();
  // All places are read before anything is written.
  const boxes = new Map<string, DOMRect>();
  const heights = new Map<string, number>();
  for (const cell of grid.querySelectorAll<HTMLElement>(':scope > .cell')) {
    const box = cell.firstElementChild!.getBoundingClientRect();
    boxes.set(cell.dataset.id!, box);
    // Cards of one row begin at the same height, and lines meet them at their first line.
    const at = cell.classList.contains('tall') ? box.height / 2 : Math.min(box.height / 2, FIRST_LINE);
    heights.set(cell.dataset.id!, box.top + at - origin.top);
  }
  const head = server.getBoundingClientRect();
  const gap = Number.parseFloat(getComputedStyle(grid).columnGap) || 40;
  const paths: SVGElement[] = [];
  const signs: SVGElement[] = [];
  const isBeside = head.right <= (boxes.values().next().value?.left ?? 0);
  if (isBeside) {
    const y = head.top + Math.min(head.height / 2, FIRST_LINE) - origin.top;
    for (const [id, box] of boxes) {
      if (!/^route \d+$/.test(id)) continue;
      const d = curve(head.right - origin.left, y, box.left - origin.left, heights.get(id)!, gap);
      paths.push(makeSvg('path', { class: 'wire trunk', d, 'data-to': id }));
    }
  }
  for (const { from, to, state, early } of edges) {
    const [a, b] = [boxes.get(from), boxes.get(to)];
    if (!a || !b) continue;
    const x1 = a.right - origin.left;
    const x2 = b.left - origin.left;
    const [y1, y2] = [heights.get(from)!, heights.get(to)!];
    const d = curve(x1, y1, x2, y2, gap, early);
    paths.push(makeSvg('path', { class: `wire ${state}`, d, 'data-from': from, 'data-to': to }));
    if (state !== 'broken' && state !== 'warning') continue;
    const mark = sign(state);
    const x = (Math.max(x1, x2 - gap) + x2) / 2;
    const y = early ? y2 : (y1 + y2) / 2;
    for (const [key, value] of Object.entries({ x: x - 8, y: y - 8, width: 16, height: 16 })) {
      mark.setAttribute(key, String(value));
    }
    signs.push(mark);
  }
  svg.setAttribute('width', String(origin.width));
  svg.setAttribute('height', String(origin.height));
  svg.replaceChildren(...paths, ...signs);
}

/** The lines that lead to the card under the pointer, and on from it. */
export function light(grid: HTMLElement, id: string | null): void {
  const wires = [...grid.querySelectorAll<SVGElement>('.wire')];
  for (const each of wires) each.classList.remove('lit');
  if (id === null) return;
  const follow = (start: string, from: 'from' | 'to', to: 'from' | 'to'): void => {
    const open = [start];
    const seen = new Set<string>();
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (seen.has(next)) continue;
      seen.add(next);
      for (const each of wires) {
        if (each.dataset[from] !== next) continue;
        each.classList.add('lit');
        const on = each.dataset[to];
        if (on !== undefined) open.push(on);
      }
    }
  };
  follow(id, 'from', 'to');
  follow(id, 'to', 'from');
}
