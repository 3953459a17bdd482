/** The page around what a panel shows: nothing runs in it but our script, and nothing is loaded but our styles. */
import { Html, html } from './html-text';

export interface PageOptions {
  readonly nonce: string;
  /** What the webview calls its own resources. */
  readonly cspSource: string;
  readonly script?: string;
  readonly style?: string;
  /** What VS Code keeps for the next start. */
  readonly state?: unknown;
}

export function pageHtml(body: string, { nonce, cspSource, script, style, state }: PageOptions): string {
  const policy = `default-src 'none'; style-src ${cspSource}; script-src 'nonce-${nonce}'; base-uri 'none'; form-action 'none'`;
  return html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${new Html(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Upstream Medic</title>
${style && html`<link rel="stylesheet" href="${style}">`}
</head>
<body data-state="${JSON.stringify(state ?? null)}">
<main id="panel">${new Html(body)}</main>
<div id="said" role="status" aria-live="polite"></div>
${script && html`<script nonce="${nonce}" src="${script}"></script>`}
</body>
</html>
`.text;
}
