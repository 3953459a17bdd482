/** Names that nginx has to look up: which one, how it is looked up, and what to ask the DNS. */
import type { LogRecord } from '../error-log/record';
import { shellWord } from '../text/shell';
import type { Check, Evidence, Incident } from './cause';
import { directiveEvidence } from './directives';

/** The name a message is about. */
export function nameIn({ message }: LogRecord): string | null {
  const found =
    /^(\S{1,253}) could not be resolved/.exec(message)?.[1] ??
    /^no resolver defined to resolve (\S{1,253})/.exec(message)?.[1] ??
    /^host not found in upstream "([^"]{1,253})"/.exec(message)?.[1];
  return found?.replace(/^[a-z]{1,10}:\/\//, '').replace(/[:/].*$/s, '') || null;
}

export function nameChecks(incident: Incident): Check[] {
  const name = nameIn(incident.record);
  const word = name === null ? 'NAME' : shellWord(name);
  const own = incident.record.resolver;
  const servers = own === null ? resolvers(incident) : [own];
  return [
    { title: 'Does the name exist for this host?', command: `getent ahosts ${word}` },
    ...(servers.length > 0
      ? servers.map((server) => ({
          title: `What does nginx’s DNS server ${server} answer?`,
          command: `dig +short ${shellWord(`@${server.replace(/:\d+$/, '')}`)} ${word}`,
        }))
      : [{ title: 'What does the DNS answer?', command: `dig +short ${word}` }]),
    { title: 'Which DNS servers has this host?', command: 'cat /etc/resolv.conf' },
    { title: 'Is it the name of a container?', command: `docker ps --filter name=${word}` },
  ];
}

export function resolverEvidence(incident: Incident): Evidence[] {
  return directiveEvidence(
    incident,
    'resolver',
    (value) => `Names are looked up at ${value}.`,
    () => 'No resolver is set where the pass stands.',
  );
}

/** Where a configuration error was found: nginx writes ` in FILE:LINE`. */
export function placeEvidence({ project, record }: Incident): Evidence[] {
  const [, path, line] = / in ([^\s"]{1,500}):(\d{1,7})$/.exec(record.message.slice(-520)) ?? [];
  const source = path && project ? project.nginxSources.find(({ file }) => file === path) : null;
  // A dump holds the file further down.
  const first = source ? source.lines.position(source.start).line : 0;
  const at = source && source.lines.lineCount >= first + Number(line) ? first + Number(line) - 1 : -1;
  if (!source || at < 0) return [];
  return [
    {
      message: 'nginx stopped reading here.',
      file: source.file,
      span: { start: source.lines.lineStart(at), end: source.lines.lineEnd(at) },
    },
  ];
}

/** An error of the configuration keeps nginx from starting or reloading; it answers no request. */
export function isConfigurationError({ level, message }: LogRecord): boolean {
  return level === 'emerg' || / in [^\s"]{1,500}:\d{1,7}$/.test(message.slice(-520));
}

/**
 * 502 for the request that needed the name. None where nginx was not serving one: it was reading its configuration, or looked up
 * the servers of a group by itself (`resolve`, since 1.27.3), which keeps its last addresses.
 */
export function lookupStatus({ record }: { readonly record: LogRecord }): readonly number[] {
  const isOwn =
    record.phase?.startsWith('resolving service') ||
    (record.time !== null && record.connection === null && record.client === null);
  return isConfigurationError(record) || isOwn ? [] : [502];
}

function resolvers({ project, route }: Incident): string[] {
  const at = project && route ? project.effective(route.pass.at, 'resolver')[0] : undefined;
  return (
    at?.directive.args
      .map(({ value }) => value)
      .filter((value) => !value.includes('='))
      .slice(0, 3) ?? []
  );
}
