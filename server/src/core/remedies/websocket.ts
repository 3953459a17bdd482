/** Lets WebSocket connections through a proxied location, and keeps them open. */
import { setDirectives } from '../project/edit';
import type { Pass } from '../project/links';
import { inheritedHeaders, settingsAnchor, settingsBlock, timeInForce } from '../project/settings';
import { defineRemedy, RELOAD } from './remedy';

export default defineRemedy<{ readonly pass: Pass }>({
  id: 'websocket',
  title: 'Insert the WebSocket block',
  when: 'The location carries WebSocket or long-polling connections: handshakes answer 400 or 426, or connections drop after a minute.',
  time: '5 min',
  risk: 'Low: idle connections stay open for an hour',
  why: `Inserts \`proxy_http_version 1.1\`, the \`Upgrade\` and \`Connection\` headers and \`proxy_read_timeout 3600s\`. A location that sets a
header of its own inherits none, so the \`proxy_set_header\` lines that were in force are repeated beside the new ones.

\`Connection "upgrade"\` is right only where all requests are upgrades; for a location with both kinds use a \`map\` of
\`$http_upgrade\`.`,
  references: ['https://nginx.org/en/docs/http/websocket.html'],
  block: `proxy_read_timeout 3600s;
proxy_http_version 1.1;
proxy_set_header Upgrade $http_upgrade;
proxy_set_header Connection "upgrade";`,
  describe: () => 'Let WebSocket connections through (insert Upgrade, Connection, HTTP/1.1 and a 3600s read timeout)',
  edits: (project, { pass }) => {
    if (!project || pass.target.family !== 'proxy') return [];
    const block = settingsBlock(project, pass);
    const enough = (timeInForce(project, pass, 'proxy_read_timeout', 60_000) ?? Number.POSITIVE_INFINITY) >= 3_600_000;
    return setDirectives(
      project,
      block,
      [
        ...(enough ? [] : [{ name: 'proxy_read_timeout', args: ['3600s'] }]),
        { name: 'proxy_http_version', args: ['1.1'] },
        ...inheritedHeaders(project, pass).filter(
          ({ args }) => !/^["']?(?:upgrade|connection)["']?$/i.test(args[0] ?? ''),
        ),
        { name: 'proxy_set_header', args: ['Upgrade', '$http_upgrade'], key: 1 },
        { name: 'proxy_set_header', args: ['Connection', '"upgrade"'], key: 1 },
      ],
      settingsAnchor(pass, block),
    );
  },
  apply: () => [RELOAD],
});
