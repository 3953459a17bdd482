/** Flags a socket in a folder that systemd hides from the other side. */
import { meets, spell } from '../../project/address';
import { linkedAddresses, poolAt } from '../../project/links';
import { isOn, systemOf, type Unit } from '../../project/system';
import { unitListeners } from '../../project/units';
import { defineRule } from '../rule';

export default defineRule({
  id: 'links/private-tmp',
  language: 'nginx',
  severity: 'warning',
  title: 'A socket in a private /tmp',
  why: `A unit with \`PrivateTmp=yes\` has a \`/tmp\` and \`/var/tmp\` of its own. A socket that php-fpm or an application makes there does not
exist for nginx, and the other way round: \`connect() to unix:/tmp/… failed (2: No such file or directory)\` and **502**, although
\`ls\` shows the file. Keep sockets below \`/run\`, in a folder that \`RuntimeDirectory=\` makes.`,
  references: ['https://www.freedesktop.org/software/systemd/man/latest/systemd.exec.html#PrivateTmp='],
  *check(source, project) {
    const { units } = systemOf(project);
    if (units.length === 0) return;
    for (const { endpoint } of linkedAddresses(project, source)) {
      const { address } = endpoint;
      if (address.kind !== 'unix' || !/^\/(?:var\/)?tmp\//.test(address.path)) continue;
      const hidden = units.filter((unit) => isSide(unit) || listens(unit)).find((unit) => hides(unit));
      const value = hidden?.get('Service', 'PrivateTmp');
      if (!hidden || !value) continue;
      yield {
        span: endpoint.span,
        message: `${spell(address)} lies in /tmp, and ${hidden.name} has a /tmp of its own (PrivateTmp=${value.value}): nginx and its backend do not see the same socket, requests get 502. Use a folder below /run.`,
        related: [{ file: value.file, span: value.span, message: `${hidden.name} says so.` }],
      };

      function isSide({ name }: Unit): boolean {
        if (/^(?:nginx|openresty)\.service$/.test(name)) return true;
        return poolAt(project, address) !== null && /^php[\d.-]*-?fpm[\d.-]*\.service$/.test(name);
      }
      function listens(unit: Unit): boolean {
        return unitListeners(project).some(
          (each) => each.unit === unit && !each.socket && meets(address, each.address),
        );
      }
    }
  },
});

function hides(unit: Unit): boolean {
  return isOn(unit.get('Service', 'PrivateTmp')) && unit.get('Unit', 'JoinsNamespaceOf') === undefined;
}
