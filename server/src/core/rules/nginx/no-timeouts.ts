/** Offers explicit timeouts, and the WebSocket block, where a pass has nginx's defaults. */
import { passesOf } from '../../project/links';
import { inForce } from '../../project/settings';
import timeouts from '../../remedies/proxy-timeouts';
import { fix } from '../../remedies/remedy';
import websocket from '../../remedies/websocket';
import { defineRule } from '../rule';

export default defineRule({
  id: 'nginx/no-timeouts',
  language: 'nginx',
  severity: 'hint',
  title: 'The timeouts of this pass are nginx’s defaults',
  why: `Without explicit timeouts nginx waits 60 seconds to connect, 60 between two writes and 60 between two reads. When one of them
expires the client gets **504**, and the log says \`upstream timed out (110: …)\`. Nothing is wrong with that; this is an offer to
insert the documented block.`,
  references: ['https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_read_timeout'],
  *check(source, project) {
    for (const pass of passesOf(project, source)) {
      const { family, scheme } = pass.target;
      if (scheme === 'tcp' || inForce(project, pass, `${family}_read_timeout`)) continue;
      yield {
        span: pass.at.directive.name,
        message: `No timeouts are set for this ${pass.at.directive.called}: nginx waits 60s to connect and 60s for each read, then answers 504.`,
        fixes: [
          fix(timeouts, project, { pass }, true),
          ...(family === 'proxy' ? [fix(websocket, project, { pass })] : []),
        ],
      };
    }
  },
});
