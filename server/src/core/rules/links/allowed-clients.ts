/** Flags a pool that hangs up on nginx because its list of clients does not have nginx's address. */
import { isLoopback, spell } from '../../project/address';
import { linkedAddresses } from '../../project/links';
import { poolNear } from '../../project/meant';
import { defineRule, mend } from '../rule';

export default defineRule({
  id: 'links/allowed-clients',
  language: 'nginx',
  severity: 'error',
  title: 'The pool takes no connections from nginx',
  why: `\`listen.allowed_clients\` names the addresses from which php-fpm takes connections over TCP. It hangs up on all others without a
word to them: \`recv() failed (104: Connection reset by peer)\` and **502**, not 403. Who connects to \`127.0.0.1\` comes from
\`127.0.0.1\`. The addresses stand side by side with commas and without spaces: php-fpm takes a space for a part of the address.`,
  references: ['https://www.php.net/manual/en/install.fpm.configuration.php#listen-allowed-clients'],
  *check(source, project) {
    for (const { endpoint, pass } of linkedAddresses(project, source)) {
      const { address } = endpoint;
      if (pass.target.family !== 'fastcgi' || address.kind !== 'tcp' || !isLoopback(address)) continue;
      const pool = poolNear(project, endpoint.at.file, address);
      const allowed = pool?.get('listen.allowed_clients');
      if (!pool || !allowed?.known || allowed.value === '' || /any/i.test(allowed.value)) continue;
      const clients = allowed.value.split(',');
      const own =
        address.host.toLowerCase() === 'localhost' ? ['127.0.0.1', '::1'] : [address.host.replace(/[[\]]/g, '')];
      if (!/^(?:127\.0\.0\.1|::1)$/.test(own[0]!) || own.some((each) => clients.includes(each))) continue;
      const spaced = clients.some((each) => own.includes(each.trim()));
      const { start, end } = allowed.setting.rawValueSpan;
      const isPlain = project.fpm(allowed.file)?.text.slice(start, end) === allowed.value;
      const value = spaced ? clients.map((each) => each.trim()).join(',') : [own[0]!, ...clients].join(',');
      yield {
        span: endpoint.span,
        message: `Pool "${pool.name}" on ${spell(address)} ${
          spaced
            ? `has a space before ${own[0]} in listen.allowed_clients, which makes it an address that nobody has`
            : `takes connections from ${allowed.value} only (listen.allowed_clients), and nginx comes from ${own[0]}`
        }: php-fpm hangs up and requests get 502.`,
        related: [{ file: allowed.file, span: allowed.setting.span, message: 'The list of clients.' }],
        fixes: isPlain
          ? [
              mend('links/allowed-clients', `Let nginx connect (listen.allowed_clients = ${value})`, [
                { file: allowed.file, span: { start, end }, newText: value },
              ]),
            ]
          : [],
      };
    }
  },
});
