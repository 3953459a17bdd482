/** Flags a socket in a folder that the user nginx runs as may not enter. */
import { socketPath } from '../../project/address';
import { linkedAddresses } from '../../project/links';
import { areNear } from '../../project/meant';
import { nginxUser } from '../../project/settings';
import { systemOf, type Unit, type UnitValue } from '../../project/system';
import { defineRule } from '../rule';

export default defineRule({
  id: 'links/socket-folder',
  language: 'nginx',
  severity: 'error',
  title: 'nginx may not enter the folder of this socket',
  why: `\`RuntimeDirectory=app\` makes \`/run/app\` for the user of the service, with the mode in \`RuntimeDirectoryMode=\` (0755 where nothing is set).
With 0700 or 0750 a worker of nginx, which is neither that user nor of its group, cannot go through the folder, whatever the mode of
the socket in it: \`connect() to unix:/run/app/… failed (13: Permission denied)\`, and the client gets **502**.`,
  references: ['https://www.freedesktop.org/software/systemd/man/latest/systemd.exec.html#RuntimeDirectoryMode='],
  *check(source, project) {
    const { units } = systemOf(project);
    if (units.length === 0) return;
    const nginx = nginxUser(project, source.file);
    if (!nginx || nginx.user === 'root' || /^\d+$/.test(nginx.user)) return;
    for (const { endpoint } of linkedAddresses(project, source)) {
      const { address } = endpoint;
      const folder = address.kind === 'unix' ? /^\/run\/([^/]+)\//.exec(socketPath(address.path))?.[1] : undefined;
      if (folder === undefined) continue;
      for (const { unit, made } of makersOf(units).get(folder) ?? []) {
        const mode = unit.get('Service', 'RuntimeDirectoryMode');
        if (!mode || !areNear(project, source.file, made.file)) continue;
        const owner = ownerWithout(unit, mode.value, nginx);
        if (owner === null) continue;
        yield {
          span: endpoint.span,
          message: `${unit.name} makes /run/${folder} for ${owner} with mode ${mode.value}; nginx runs as ${nginx.user} and may not enter it: connecting fails with "13: Permission denied" (502). Set RuntimeDirectoryMode=0755.`,
          related: [
            { file: mode.file, span: mode.span, message: `${unit.name} says so here.` },
            { file: nginx.at.file, span: nginx.at.directive, message: `nginx runs as ${nginx.user}.` },
          ],
        };
      }
    }
  },
});

interface Maker {
  readonly unit: Unit;
  readonly made: UnitValue;
}

const makers = new WeakMap<readonly Unit[], ReadonlyMap<string, readonly Maker[]>>();

/** By folder of `/run`, the units that make it. */
function makersOf(units: readonly Unit[]): ReadonlyMap<string, readonly Maker[]> {
  let known = makers.get(units);
  if (!known) {
    const map = new Map<string, Maker[]>();
    for (const unit of units) {
      for (const made of unit.list('Service', 'RuntimeDirectory')) {
        for (const folder of made.value.split(/\s+/)) {
          const same = map.get(folder);
          if (!same) map.set(folder, [{ unit, made }]);
          else if (same.at(-1)!.unit !== unit) same.push({ unit, made });
        }
      }
    }
    known = map;
    makers.set(units, known);
  }
  return known;
}

/** Whose the folder is, where nginx may not enter it; null where it may, or may be a member of the group. */
function ownerWithout(unit: Unit, written: string, nginx: { user: string; group: string }): string | null {
  const mode = /^[0-7]{3,4}$/.test(written) ? Number.parseInt(written, 8) : null;
  const user = unit.get('Service', 'User')?.value ?? 'root';
  const set = unit.get('Service', 'Group')?.value;
  const group = set ?? user;
  if (mode === null || mode & 0o001 || /[%$]|^\d/.test(user + group)) return null;
  // A user that systemd makes up, or a command that gives the folder other rights.
  if (
    unit.get('Service', 'DynamicUser') ||
    commands(unit).some((each) => /\b(?:ch(?:mod|own|grp)|setfacl)\b/.test(each))
  )
    return null;
  if (user === nginx.user) return mode & 0o100 ? null : user;
  if (mode & 0o010 && (group === nginx.group || group === nginx.user || group !== 'root')) return null;
  return `${user}:${group}`;
}

function commands(unit: Unit): string[] {
  const keys = ['ExecStartPre', 'ExecStart', 'ExecStartPost'];
  return keys.flatMap((key) => unit.list('Service', key).map(({ value }) => value));
}
