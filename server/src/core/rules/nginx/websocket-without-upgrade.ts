/** Flags a WebSocket location that does not hand the upgrade on. */
import { locationMatch } from '../../nginx/model';
import { byText } from '../../nginx/phrase';
import { isOlder } from '../../nginx/version';
import { passesOf } from '../../project/links';
import {
  headerInForce,
  inForce,
  isHeaderNamed,
  mayBeSetOutOfView,
  serverInView,
  settingsBlock,
} from '../../project/settings';
import { fix } from '../../remedies/remedy';
import websocket from '../../remedies/websocket';
import { defineRule } from '../rule';

/** Paths that people give to WebSocket endpoints; `/ws` can also be a web service, so the finding stays an information. */
const WEBSOCKET =
  /(?:^|[/^(|])(?:ws|wss|websockets?|socket\.io|socket\\\.io|sockjs|sockjs-node|cable|signalr|_next\/webpack-hmr)(?:$|[/)|$(])/;

export default defineRule({
  id: 'nginx/websocket-without-upgrade',
  language: 'nginx',
  severity: 'information',
  title: 'WebSocket location without upgrade',
  why: `A WebSocket starts as an HTTP/1.1 request with \`Upgrade\` and \`Connection\` headers. Both are hop-by-hop: nginx drops them
unless told to set them, and before 1.29.7 it speaks HTTP/1.0 to upstreams. The backend then answers 400 or 426, or
plain HTML. With the default read timeout an idle connection ends after 60 seconds:
\`upstream timed out (110: …) while proxying upgraded connection\`.`,
  references: ['https://nginx.org/en/docs/http/websocket.html'],
  *check(source, project) {
    const isHandedOn = isHeaderNamed(project, 'proxy', 'Upgrade');
    for (const pass of passesOf(project, source)) {
      if (pass.target.family !== 'proxy' || pass.target.scheme === 'tcp') continue;
      const upgrade = isHandedOn ? headerInForce(project, pass, 'Upgrade') : null;
      const location = upgrade === null ? settingsBlock(project, pass).directive : null;
      const path = location && socketPath(location);
      if (upgrade === null && path === null) continue;
      if (!serverInView(project, pass.at) || mayBeSetOutOfView(project, pass.at)) continue;
      const fixes = [fix(websocket, project, { pass }, true)];
      if (upgrade === null) {
        yield {
          span: pass.at.directive.name,
          message: `"location ${path}" looks like a WebSocket endpoint, but no Upgrade header is handed on: handshakes get 400 or 426 from the backend.`,
          fixes,
        };
      } else if (
        upgrade !== '' &&
        !inForce(project, pass, 'proxy_http_version') &&
        isOlder(project.options.nginxVersion, '1.29.7')
      ) {
        yield {
          span: pass.at.directive.name,
          severity: 'warning',
          message: `The Upgrade header is handed on with HTTP/1.0, nginx's default before 1.29.7: backends that hold to RFC 6455 refuse the handshake. Set proxy_http_version 1.1.`,
          fixes,
        };
      }
    }
  },
});

/** The path of a location that looks like a WebSocket endpoint; null for others. */
const socketPath = byText((location) => {
  const match = locationMatch(location);
  return match && WEBSOCKET.test(match.pattern.slice(0, 300).toLowerCase()) ? match.pattern : null;
});
