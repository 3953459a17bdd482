/** The explanation panel as a page: a pure function of what the server found. */
import MarkdownIt from 'markdown-it';
import type { ExplainedFix, ExplainedPlace, ExplainResult, Range } from '../../../server/src/lsp/protocol';
import { type PageOptions, pageHtml } from './html-page';
import { Html, html } from './html-text';
import { confidenceWords, fieldsOf, leadOf, requestWords, seenWords, statusWords, timeWords, whyTitle } from './words';

/** A remedy that was applied from the panel. */
export interface Applied {
  readonly fix: ExplainedFix;
  /** The explanation that offered it: the files no longer show what it was about. */
  readonly result: ExplainResult;
}

export interface PanelView {
  /** The causes on the selected lines, most frequent first; empty where there is none. */
  readonly results: readonly ExplainResult[];
  /** Which of them is shown. */
  readonly shown: number;
  /** By the place of the result in the list. */
  readonly applied?: ReadonlyMap<number, Applied>;
  /** Instead of a result. */
  readonly empty?: string;
}

export interface BodyOptions {
  /** How a file is called in this window. */
  nameOf?(uri: string): string;
  /** `2024-03-15`: times of this day are shown without it. */
  readonly today?: string;
}

export interface PanelOptions extends BodyOptions, PageOptions {}

/** The whole page. A refresh replaces only its body: see panelBody. */
export function panelHtml(view: PanelView | ExplainResult, options: PanelOptions): string {
  return pageHtml(panelBody(view, options), options);
}

/** What changes when the explanation does. */
export function panelBody(view: PanelView | ExplainResult, options: BodyOptions = {}): string {
  const { results, shown, applied, empty }: PanelView = 'results' in view ? view : { results: [view], shown: 0 };
  const done = applied?.get(shown);
  const result = done?.result ?? results[shown];
  if (!result) {
    return html`<p class="empty">${empty ?? 'This line is about no gateway error.'}</p>`.text;
  }
  return html`${results.length > 1 && switcher(results, shown)}${summary(result, options)}${done ? afterwards(done, options) : explanation(result, options)}`
    .text;
}

function switcher(results: readonly ExplainResult[], shown: number): Html {
  const rows = results.map(
    ({ status, title, seen, record }, index) => html`
<li><button type="button" class="cause" data-action="show" data-index="${index}" data-key="cause-${index}"${index === shown && html` aria-current="true"`}>
<span class="count">${seen.count}×</span> <span class="code">${statusWords(status).code || '–'}</span> <span class="what">${title}${record.upstream && html` <span class="quiet">${record.upstream}</span>`}</span>
</button></li>`,
  );
  return html`<nav class="causes" aria-label="Causes in the selection"><ol>${rows}</ol></nav>`;
}

function summary(result: ExplainResult, options: BodyOptions): Html {
  const { status, confidence, title, why } = result;
  const { code, phrase } = statusWords(status);
  const { word, meaning } = confidenceWords[confidence];
  return html`
<header>
<p class="status${status.length === 0 && ' fine'}"><strong>${code || phrase}</strong>${code !== '' && phrase !== '' && html` <span>${phrase}</span>`}
<span class="confidence ${confidence}" title="${meaning}"><span class="unseen">Confidence: </span>${word}</span></p>
<h1>${title}</h1>
${facts(result, options)}
</header>
<p class="lead">${inline(leadOf(why))}</p>`;
}

/** What is left to do when a remedy has been applied. The line in the log is of before. */
function afterwards({ fix, result }: Applied, options: BodyOptions): Html {
  const files = [...new Set(fix.edits.map(({ uri }) => nameOf(uri, options)))];
  const confirm = [...new Set([...fix.confirm, ...result.confirm])].filter((line) => !fix.apply.includes(line));
  return html`
${section('Done', html`<div class="remedy preferred"><span class="mark" aria-hidden="true">✓</span><h3>${fix.title}</h3><p class="quiet">Changed ${files.join(', ')}</p></div>`)}
${fix.apply.length > 0 && section('Next', html`<p class="fact">Save, and run on the host:</p>${fix.apply.map((line) => command(line))}`)}
${confirm.length > 0 && section('Confirm', html`${confirm.map((line) => command(line))}`)}
<div class="actions">
<button type="button" data-action="markdown" data-key="markdown">Copy as Markdown</button>
<button type="button" class="link" data-action="again" data-key="again">Explain the line with the files as they are now</button>
</div>`;
}

function explanation(result: ExplainResult, options: BodyOptions): Html {
  const { status, why, config, evidence, fixes, checks, confirm } = result;
  return html`
${section('Where', config.length > 0 ? where(result, options) : needs(result))}
${
  evidence.length > 0 &&
  section(
    'Evidence',
    more(
      evidence.map(({ message, uri, range }) =>
        uri && range ? place(message, uri, range, options, true) : html`<p class="fact">${message}</p>`,
      ),
      3,
      'fact',
    ),
  )
}
${fixes.length > 0 && section('Do', remedies(fixes, options))}
${
  checks.length > 0 &&
  section(
    'Check',
    more(
      checks.map((check) => command(check.command, check.title)),
      2,
      'command',
    ),
  )
}
${
  confirm.length > 0 &&
  section(
    'Confirm',
    confirm.map((line) => command(line)),
  )
}
<div class="actions">
<button type="button" data-action="markdown" data-key="markdown">Copy as Markdown</button>
<a href="${result.href}">Documentation</a>
</div>
<details data-key="why"><summary>${whyTitle(status)}</summary>
<div class="prose">${markdown(why)}</div>
${
  result.references.length > 0 &&
  html`<ul class="references">${result.references.map((url) => isHttps(url) && html`<li><a href="${url}">${url.replace(/^https:\/\//, '')}</a></li>`)}</ul>`
}
</details>
<details data-key="fields"><summary>The line, field by field</summary>
<dl>${fieldsOf(result.record).map(({ label, value }) => html`<dt>${label}</dt><dd>${value}</dd>`)}</dl>
</details>`;
}

/** `10:23:45 · GET /api/users · example.com · client 10.0.0.1 · seen 214 times since 10:02` */
function facts(result: ExplainResult, { today }: BodyOptions): Html {
  const { time, request, server, host, client } = result.record;
  const parts = [
    time && html`<time datetime="${time}">${timeWords(time, today)}</time>`,
    request && html`<code>${requestWords(request)}</code>`,
    (host ?? server) && html`<span>${host ?? server}</span>`,
    client && html`<span>client ${client}</span>`,
    html`<span>${seenWords(result, today)}</span>`,
  ];
  return html`<ul class="facts">${parts.map((part) => part && html`<li>${part}</li>`)}</ul>`;
}

/** The directives to look at; the blocks around them behind a click, whose label names them. */
function where({ config }: ExplainResult, options: BodyOptions): Html {
  const isBlock = ({ text }: ExplainedPlace) => !text.endsWith(';');
  const row = ({ uri, range, text, directive }: ExplainedPlace) => place(text || directive, uri, range, options);
  const blocks = config.filter(isBlock);
  const rows = config.filter((each) => !isBlock(each)).map(row);
  if (rows.length === 0) return html`${blocks.map(row)}`;
  const around = blocks.map(({ text, directive }, at) => html`${at > 0 && ' ·'} <code>${text || directive}</code>`);
  return html`${rows}${blocks.length > 0 && html`<details class="more" data-key="blocks"><summary>in${around}</summary>${blocks.map(row)}</details>`}`;
}

/** Why no place is shown, and what would help. */
function needs({ roots, record }: ExplainResult): Html {
  if (roots && roots.length > 0) {
    const upstream = record.upstream ?? 'this upstream';
    return html`<p class="fact">Nothing in the nginx configuration in view passes requests to ${upstream}: the log may be another host's, or older than the files.</p>`;
  }
  return html`<p class="fact">Open the folder with nginx.conf to see which line this is about. <button type="button" class="link" data-action="folder" data-key="folder">Open a folder…</button></p>`;
}

function section(title: string, body: Html | readonly Html[]): Html {
  const id = `section-${title.toLowerCase()}`;
  return html`<section aria-labelledby="${id}"><h2 id="${id}">${title}</h2><div>${body}</div></section>`;
}

/** More of them would push the commands off the screen. */
const MOST_REMEDIES = 3;

/** The first rows, and the others behind a click: the first answer has to fit on one screen. */
function more(rows: readonly Html[], count: number, noun: string): Html {
  if (rows.length <= count) return html`${rows}`;
  const rest = rows.slice(count);
  return html`${rows.slice(0, count)}<details class="more" data-key="more-${noun}"><summary>${rest.length} more ${noun}${rest.length > 1 && 's'}</summary>${rest}</details>`;
}

function place(text: string, uri: string, range: Range, options: BodyOptions, isProse = false): Html {
  const name = `${nameOf(uri, options)}:${range.start.line + 1}`;
  return html`
<button type="button" class="row place" data-action="open" data-uri="${uri}" data-range="${JSON.stringify(range)}" data-key="open-${name}" aria-label="Open ${name}: ${text}">
<span class="text"><span class="file">${name}</span> ${isProse ? html`<span>${text}</span>` : html`<code>${text}</code>`}</span>
<span class="go" aria-hidden="true">Open</span></button>`;
}

/** The first three ways out; behind a click the others, and which is for whom. */
function remedies(fixes: readonly ExplainedFix[], options: BodyOptions): Html {
  const rows = fixes.map((fix, index) => remedy(fix, index, options));
  const rest = rows.slice(MOST_REMEDIES);
  const choice = html`<dl class="choice">${fixes.map(({ title, when }) => html`<dt>${when}</dt><dd>${title}</dd>`)}</dl>`;
  return html`${rows.slice(0, MOST_REMEDIES)}${
    fixes.length > 1 &&
    html`<details class="more" data-key="remedies"><summary>${rest.length > 0 && `${rest.length} more · `}Which of these?</summary>${rest}${choice}</details>`
  }`;
}

function remedy(fix: ExplainedFix, index: number, options: BodyOptions): Html {
  const files = [...new Set(fix.edits.map(({ uri }) => nameOf(uri, options)))];
  // Without a place in view the block is what a person takes along; the commands stand under Confirm all the same.
  const byHand = fix.block ?? fix.apply.join('\n');
  const key = `${fix.id}-${index}`;
  return html`
<div class="remedy${fix.preferred && ' preferred'}">
<span class="mark" aria-hidden="true">${fix.preferred ? '●' : '○'}</span>
<h3>${fix.title}${fix.preferred && html`<span class="unseen"> (try this first)</span>`}</h3>
<p class="quiet">${fix.time} · ${fix.risk}</p>
<div class="buttons">${
    files.length > 0
      ? html`<button type="button" data-action="preview" data-index="${index}" data-key="preview-${key}" aria-label="Preview: ${fix.title}" title="${files.join(', ')}">Preview</button>
<button type="button"${fix.preferred && html` class="primary"`} data-action="apply" data-index="${index}" data-key="apply-${key}" aria-label="Apply: ${fix.title}">Apply</button>`
      : byHand !== '' && copyButton(byHand, `copy-${key}`)
  }</div>
${files.length === 0 && byHand !== '' && html`<pre class="${fix.block === undefined ? 'commands' : 'block'}">${byHand}</pre>`}
</div>`;
}

function command(line: string, title?: string): Html {
  return html`
<div class="row command"><div class="text">${title && html`<p class="quiet">${title}</p>`}<code>${line}</code></div>${copyButton(line, `copy-${line}`)}</div>`;
}

function copyButton(text: string, key: string): Html {
  return html`<button type="button" class="copy" data-action="copy" data-text="${text}" data-key="${key}" aria-label="Copy command ${text}">Copy</button>`;
}

function nameOf(uri: string, options: BodyOptions): string {
  return options.nameOf?.(uri) ?? decodeURIComponent(uri).split('/').slice(-2).join('/');
}

const isHttps = (url: string) => /^https:\/\/[^\s"'<>]+$/.test(url);

const md = new MarkdownIt({ html: false, linkify: false }).disable('image');
md.validateLink = isHttps;

/** Of our own texts only: what a log holds never gets here. */
const markdown = (text: string) => new Html(md.render(text));
const inline = (text: string) => new Html(md.renderInline(text));
