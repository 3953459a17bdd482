/** Lua code in the configuration (OpenResty, ngx_http_lua_module) failed. */
import { shellWord } from '../text/shell';
import { defineCause } from './cause';

export default defineCause({
  id: 'lua-failed',
  title: 'Lua code in the configuration failed',
  headline: ({ record }) => {
    const text = /runtime error: ([^\n]{1,160})/.exec(record.message.slice(0, 400))?.[1];
    return text ? `Lua: ${text.trim()}` : 'Lua code in the configuration failed';
  },
  status: [500],
  statusOf: ({ record }) => {
    const phase = /\b(log|header_filter|body_filter|init_worker|exit_worker|init|ssl_\w{1,20}|balancer)_by_lua/.exec(
      record.message.slice(0, 300),
    )?.[1];
    if (phase === undefined || phase === 'balancer') return [500];
    // The answer has begun, or was given; the handshake never ends in a status.
    return phase === 'body_filter' ? [200] : [];
  },
  pattern:
    /^(?:lua entry thread aborted: |lua user thread aborted: |failed to (?:load|run) (?:inlined|external|[a-z_]{1,30}_by_lua)|lua handler aborted: )/,
  why: `The request ran into an error of Lua code: a \`*_by_lua\` block or file. The text names the file, the line and what was wrong. The client gets
**500**, and it is no fault of an upstream (none may have been asked). What fails while the answer is filtered cuts it off; in
\`log_by_lua\` it does no harm.`,
  references: ['https://github.com/openresty/lua-nginx-module#readme'],
  checks: ({ record }) => {
    const [, file, line] = /(\/[^\s:"]{1,300}\.lua):(\d{1,7}):/.exec(record.message.slice(0, 600)) ?? [];
    return [
      ...(file && line
        ? [
            {
              title: 'What stands there?',
              command: `sed -n '${Math.max(1, Number(line) - 5)},${Number(line) + 5}p' ${shellWord(file)}`,
            },
          ]
        : []),
      { title: 'Which Lua blocks are there?', command: "nginx -T 2>/dev/null | grep -n '_by_lua'" },
    ];
  },
  fixes: () => [],
});
