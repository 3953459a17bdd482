/** Flags a socket on which no unit in view listens, where one listens on a socket of nearly the same name. */
import { isLocal, meets, spell } from '../../project/address';
import { linkedAddresses, passesOf, poolAt } from '../../project/links';
import { areNear } from '../../project/meant';
import type { Project } from '../../project/project';
import { type Listener, unitListeners } from '../../project/units';
import { basename, dirname } from '../../text/path';
import { defineRule, mend } from '../rule';

export default defineRule({
  id: 'links/unit-address-mismatch',
  language: 'nginx',
  severity: 'warning',
  title: 'The unit listens on another socket',
  why: `A systemd unit in view, which nothing else in nginx leads to, listens on a socket of the same name in another folder, or on one that is
spelt a little differently: \`connect() to unix:… failed (2: No such file or directory)\` and **502**. Read are \`ListenStream=\` of
socket units and the command lines of gunicorn, uvicorn, puma and their like.`,
  references: ['https://www.freedesktop.org/software/systemd/man/latest/systemd.socket.html#ListenStream='],
  *check(source, project) {
    const listeners = unitListeners(project);
    if (listeners.length === 0) return;
    for (const { endpoint } of linkedAddresses(project, source)) {
      const { address } = endpoint;
      if (address.kind !== 'unix' || poolAt(project, address)) continue;
      if (listeners.some((each) => meets(address, each.address))) continue;
      const similar = unreached(project).filter(
        (each) => isAlike(address.path, each) && areNear(project, source.file, each.at.file),
      );
      const [meant] = similar;
      if (similar.length !== 1 || meant?.address.kind !== 'unix') continue;
      const name = (meant.socket ?? meant.unit).name;
      yield {
        span: endpoint.span,
        message: `Nothing in this project listens on ${spell(address)}: ${name} listens on ${meant.address.path}. Requests get 502.`,
        related: [{ file: meant.at.file, span: meant.at.span, message: `${name} listens here.` }],
        fixes: [
          mend('links/unit-address-mismatch', `Connect to the socket of ${name} (${meant.address.path})`, [
            { file: source.file, span: endpoint.span, newText: `unix:${meant.address.path}` },
          ]),
        ],
      };
    }
  },
});

const known = new WeakMap<Project, readonly Listener[]>();

/** Sockets of units that no pass leads to. */
function unreached(project: Project): readonly Listener[] {
  let found = known.get(project);
  if (!found) {
    const local = project.nginxSources
      .flatMap((source) => passesOf(project, source))
      .flatMap(({ endpoints }) => endpoints.filter(({ address }) => isLocal(address)));
    found = unitListeners(project).filter(
      (each) => each.address.kind === 'unix' && !local.some(({ address }) => meets(address, each.address)),
    );
    known.set(project, found);
  }
  return found;
}

/** The same file name elsewhere, or the same folder and the unit's name. */
function isAlike(path: string, { address, unit }: Listener): boolean {
  if (address.kind !== 'unix') return false;
  const stem = (file: string): string => basename(file).replace(/\.(?:sock|socket)$/, '');
  const named = unit.name.replace(/\.\w+$/, '');
  if (stem(path) === stem(address.path))
    return /^(?:socket|sock|app|server|web)$/.test(stem(path)) ? path.includes(named) : true;
  return (
    dirname(path) === dirname(address.path) &&
    (stem(path) === named || stem(address.path) === named) &&
    path.includes(named)
  );
}
