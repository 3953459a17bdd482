/** Runs in the panel's page: tells the extension what is clicked, and takes its news. */
import type { FromPage, ToPage } from './messages';

declare function acquireVsCodeApi(): { postMessage(message: FromPage): void; setState(state: unknown): void };

const vscode = acquireVsCodeApi();
const panel = document.getElementById('panel')!;
const said = document.getElementById('said')!;

vscode.setState(JSON.parse(document.body.dataset.state ?? 'null'));

document.addEventListener('click', (event) => {
  const button = (event.target as Element).closest<HTMLElement>('[data-action]');
  if (button) vscode.postMessage(messageOf(button.dataset));
});

document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape') vscode.postMessage({ type: 'leave' });
});

window.addEventListener('message', ({ data }: MessageEvent<ToPage>) => {
  if (data.type === 'body') {
    vscode.setState(data.state);
    replaceBody(data.html);
  } else if (data.type === 'say') {
    say(data.text);
  }
});

function messageOf({ action, uri, range, index, line, text }: DOMStringMap): FromPage {
  switch (action) {
    case 'open':
      return { type: action, uri: uri ?? '', range: JSON.parse(range ?? 'null') };
    case 'preview':
    case 'apply':
    case 'show':
      return { type: action, index: Number(index) };
    case 'line':
    case 'explain':
      return { type: action, line: Number(line) };
    case 'copy':
      return { type: action, text: text ?? '' };
    default:
      return { type: action as 'markdown' | 'folder' | 'again' | 'follow' };
  }
}

/** What was open stays open, and the focus stays where it was. */
function replaceBody(html: string): void {
  const open = [...panel.querySelectorAll<HTMLElement>('details[open]')].map(({ dataset }) => dataset.key);
  const focused = document.activeElement?.closest<HTMLElement>('[data-key]')?.dataset.key;
  panel.innerHTML = html;
  for (const details of panel.querySelectorAll('details')) details.open = open.includes(details.dataset.key);
  if (focused !== undefined) {
    const target = panel.querySelector<HTMLElement>(`[data-key="${CSS.escape(focused)}"]`);
    (target?.querySelector<HTMLElement>('summary') ?? target)?.focus({ preventScroll: true });
  }
}

let silence: ReturnType<typeof setTimeout> | undefined;
function say(text: string): void {
  clearTimeout(silence);
  // The same words twice are read twice only when the text was empty in between.
  said.textContent = '';
  setTimeout(() => {
    said.textContent = text;
  }, 50);
  silence = setTimeout(() => {
    said.textContent = '';
  }, 3000);
}
