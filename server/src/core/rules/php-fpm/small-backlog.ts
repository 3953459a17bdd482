/** Points out a queue of waiting connections that is so short that a burst of requests overflows it. */
import { listenOf } from '../../project/links';
import { defineRule } from '../rule';

/** The kernel's own default was 128 for decades; php-fpm asks for 511. */
const SHORT = 64;

export default defineRule({
  id: 'php-fpm/small-backlog',
  language: 'php-fpm',
  severity: 'information',
  title: 'A short queue of waiting connections',
  why: `While all children are busy, new connections wait in the queue of the socket, \`listen.backlog\` of them at most. When it is full, Linux refuses the
next one on a unix socket at once: \`connect() to unix:… failed (11: Resource temporarily unavailable)\`, and the client gets **502**;
over TCP it waits until \`fastcgi_connect_timeout\`, **504**. Where nothing is set the queue holds 511, as far as
\`net.core.somaxconn\` allows.`,
  references: ['https://www.php.net/manual/en/install.fpm.configuration.php#listen-backlog'],
  *check(source, project) {
    const isSet = source.tree.sections.some(({ settings }) =>
      settings.some(({ key }) => key.toLowerCase() === 'listen.backlog'),
    );
    if (!isSet) return;
    for (const pool of project.pools) {
      const backlog = pool.get('listen.backlog');
      if (backlog?.file !== source.file || !backlog.known || !/^\d{1,9}$/.test(backlog.value)) continue;
      if (Number(backlog.value) >= SHORT) continue;
      const children = pool.get('pm.max_children');
      const next =
        listenOf(pool).kind === 'tcp'
          ? 'waits until nginx gives up (504)'
          : 'fails with "11: Resource temporarily unavailable" (502)';
      yield {
        span: backlog.setting.rawValueSpan,
        message: `Only ${Number(backlog.value) === 1 ? '1 connection' : `${backlog.value} connections`} may wait while the children of pool "${pool.name}" are busy; the next one ${next}. Leave the line out: 511 is the default.`,
        related: children
          ? [{ file: children.file, span: children.setting.span, message: 'So many are served at a time.' }]
          : [],
      };
    }
  },
});
