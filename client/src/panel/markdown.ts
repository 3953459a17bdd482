/** An explanation as Markdown for an incident channel, with the secrets of its request taken out. */
import type { ExplainResult } from '../../../server/src/lsp/protocol';
import { visible } from './html-text';
import { confidenceWords, leadOf, requestWords, seenWords, statusWords, timeWords } from './words';

export function explanationMarkdown(result: ExplainResult, nameOf: (uri: string) => string): string {
  const { record, config, evidence, fixes, checks, confirm } = result;
  const { code, phrase } = statusWords(result.status);
  const facts = [
    record.time && timeWords(record.time),
    record.request && codeSpan(requestWords(record.request)),
    (record.host ?? record.server) && codeSpan((record.host ?? record.server)!),
    record.client && `client ${codeSpan(record.client)}`,
    seenWords(result),
  ];
  const at = (uri: string, line: number) => codeSpan(`${nameOf(uri)}:${line + 1}`);
  const blocks = [
    `**${[code, phrase].filter(Boolean).join(' ')}: ${plain(result.title)}** (${confidenceWords[result.confidence].word})`,
    facts.filter(Boolean).join(' · '),
    leadOf(result.why).replace(/\n/g, ' '),
    list(
      'Where',
      config.map(({ uri, range, text, directive }) => `${at(uri, range.start.line)} ${codeSpan(text || directive)}`),
    ),
    list(
      'Evidence',
      evidence.map(
        ({ message, uri, range }) => `${uri && range ? `${at(uri, range.start.line)} ` : ''}${plain(message)}`,
      ),
    ),
    list(
      'Do',
      fixes.map(({ title, time, risk, preferred }) => {
        const text = preferred && fixes.length > 1 ? `**${plain(title)}**` : plain(title);
        return `${text} (${plain(time)}; ${plain(risk)})`;
      }),
    ),
    fence(
      'Check',
      checks.map(({ title, command }) => `# ${title}\n${command}`),
    ),
    fence('Confirm', confirm),
    fence('Log', [record.message]),
    `<${result.href}>`,
  ];
  return `${blocks.filter(Boolean).join('\n\n')}\n`;
}

/**
 * The values of query parameters, a query that is one value, passwords in addresses and signed tokens become `***`: an
 * incident channel has more readers than a log.
 */
export function maskSecrets(text: string): string {
  return text
    .replace(/([?&;][^=\s&;"'#?]*=)[^&\s"'#]+/g, '$1***')
    .replace(/(\/[^\s?"']*\?)[^=\s&"'#]{12,}(?=[\s"'#]|$)/g, '$1***')
    .replace(/(:\/\/)[^/\s@"']+@/g, '$1***@')
    .replace(/\beyJ[\w-]+\.[\w-]+(?:\.[\w-]*)?/g, '***');
}

function list(title: string, items: readonly string[]): string {
  return items.length > 0 ? `**${title}**\n${items.map((item) => `- ${item}`).join('\n')}` : '';
}

function fence(title: string, lines: readonly string[]): string {
  if (lines.length === 0) return '';
  const text = clean(lines.join('\n'), '\n');
  const marks = '`'.repeat(Math.max(3, longest(text) + 1));
  return `**${title}**\n${marks}${title === 'Log' ? '' : 'sh'}\n${text}\n${marks}`;
}

function codeSpan(text: string): string {
  const inner = clean(text);
  const marks = '`'.repeat(longest(inner) + 1);
  const gap = inner.startsWith('`') || inner.endsWith('`') ? ' ' : '';
  return `${marks}${gap}${inner}${gap}${marks}`;
}

/** Shown as it is: no link, no mention, no HTML. */
function plain(text: string): string {
  return clean(text)
    .replace(/[\\`*[\]]|<(?=[\w/!?])/g, '\\$&')
    .replace(/@(?=\w)/g, '@\u200b');
}

const clean = (text: string, lineEnd = ' ') => maskSecrets(visible(text).replace(/\n/g, lineEnd));
const longest = (text: string) => Math.max(0, ...(text.match(/`+/g) ?? []).map(({ length }) => length));
