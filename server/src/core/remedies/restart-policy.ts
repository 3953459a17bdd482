/** Lets systemd restart a backend that crashes. */
import type { Project } from '../project/project';
import { systemOf } from '../project/system';
import { dirname } from '../text/path';
import { shellWord } from '../text/shell';
import { defineRemedy } from './remedy';

const DROP_IN = `[Unit]
StartLimitIntervalSec=60s
StartLimitBurst=3

[Service]
Restart=on-failure
RestartSec=5s
`;

export default defineRemedy<{ readonly service: string }>({
  id: 'restart-policy',
  title: 'Let systemd restart the service when it crashes',
  when: 'The backend crashes now and then, and nobody is there to restart it.',
  time: '5 min',
  risk: 'Low: a service that fails at once is tried three times a minute',
  why: `Creates a drop-in for the unit with \`Restart=on-failure\`, \`RestartSec=5s\` and a limit of three starts a minute. The limit stands in
\`[Unit]\`, where systemd reads it since version 230; in \`[Service]\`, as many guides have it, it is ignored.`,
  references: ['https://www.freedesktop.org/software/systemd/man/latest/systemd.service.html#Restart='],
  block: `# /etc/systemd/system/SERVICE.service.d/restart.conf\n${DROP_IN}`.trimEnd(),
  applyBlock: ['systemctl daemon-reload'],
  describe: (_, { service }) => `Let systemd restart ${service} when it crashes (new drop-in restart.conf)`,
  edits: (project, { service }) => {
    if (!project || !/^[A-Za-z0-9@_.-]+$/.test(service)) return [];
    const restart = systemOf(project).unit(`${service}.service`)?.get('Service', 'Restart')?.value ?? 'no';
    if (restart !== 'no' && restart !== '') return [];
    return [
      {
        file: `${unitFolder(project)}/${service}.service.d/restart.conf`,
        span: { start: 0, end: 0 },
        newText: DROP_IN,
        create: true,
      },
    ];
  },
  apply: (_, { service }) => ['systemctl daemon-reload', `systemctl enable ${shellWord(service)}`],
  confirm: (_, { service }) => [`systemctl show ${shellWord(service)} -p Restart -p RestartUSec`],
});

/** The `systemd/system` beside the `etc` that the project's files lie in; a folder of its own where they lie elsewhere. */
function unitFolder(project: Project): string {
  for (const file of project.sources.keys()) {
    const etc = /^(.*\/etc)\/(?:nginx|php|php-fpm\.d)\//.exec(file)?.[1];
    if (etc !== undefined) return `${etc}/systemd/system`;
  }
  const root = project.nginxRoots[0]?.file ?? [...project.sources.keys()][0] ?? '';
  return `${dirname(root)}/systemd`;
}
