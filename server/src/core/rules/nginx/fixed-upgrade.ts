/** Offers a map where every request, and not only that of a WebSocket, is announced as an upgrade. */
import { locationMatch } from '../../nginx/model';
import { passesOf } from '../../project/links';
import type { At } from '../../project/project';
import { isLiteral } from '../../project/references';
import { defineRule, mend } from '../rule';

export default defineRule({
  id: 'nginx/fixed-upgrade',
  language: 'nginx',
  severity: 'hint',
  title: 'Every request is announced as an upgrade',
  why: `\`proxy_set_header Connection "upgrade"\` in \`location /\` goes with pages and images too, which ask for no upgrade. Most backends pass over it;
some close the connection or wait for a handshake (\`upstream prematurely closed connection\`, **502**), and connections to the group
are not kept. nginx's documentation uses a \`map\` that says \`upgrade\` only where the client asks for one:

    map $http_upgrade $connection_upgrade {
        default upgrade;
        ''      close;
    }`,
  references: ['https://nginx.org/en/docs/http/websocket.html'],
  *check(source, project, hints) {
    if (!hints) return;
    const said = new Set<At['directive']>();
    let map: At | null | undefined;
    for (const pass of passesOf(project, source)) {
      const location = project.parent(pass.at);
      const match = location && locationMatch(location.directive);
      if (pass.target.family !== 'proxy' || match?.pattern !== '/') continue;
      const at = project
        .effective(pass.at, 'proxy_set_header')
        .find(({ directive }) => directive.values[1]?.toLowerCase() === 'connection');
      const word = at?.directive.args[1];
      if (!at || !word || !/^upgrade$/i.test(word.value) || at.file !== source.file || said.has(at.directive)) continue;
      if (!isLiteral(project, at)) continue;
      said.add(at.directive);
      if (map === undefined) {
        const isIt = ({ directive }: At): boolean => /^\$connection_upgrade$/i.test(directive.values[2] ?? '');
        map = project.named('map').find(isIt) ?? null;
      }
      const isNear = map && project.together(source.file).has(map.file);
      yield {
        span: word,
        message:
          'This announces every request of the location as an upgrade. A map of $http_upgrade says so only where a client asks for one.',
        related: map && isNear ? [{ file: map.file, span: map.directive.name, message: 'There is such a map.' }] : [],
        fixes: isNear
          ? [
              mend('nginx/fixed-upgrade', 'Say what the client asks for: $connection_upgrade', [
                { file: source.file, span: { start: word.start, end: word.end }, newText: '$connection_upgrade' },
              ]),
            ]
          : [],
      };
    }
  },
});
