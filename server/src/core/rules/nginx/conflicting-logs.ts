/** Flags two buffered logs to one file whose buffers differ. */
import { bytes } from '../../nginx/judge/parameters/check';
import { isSize } from '../../nginx/judge/values';
import { milliseconds } from '../../nginx/model';
import type { Directive } from '../../nginx/tree';
import type { At, Project } from '../../project/project';
import { type Clash, clashesIn, type Instance, isLiteral, kindOf, spanNginxNames } from '../../project/references';
import type { NginxSource } from '../../project/source';
import { defineRule } from '../rule';

export default defineRule({
  id: 'nginx/conflicting-logs',
  language: 'nginx',
  severity: 'error',
  title: 'Two logs of one file have different buffers',
  why: `Logs that go to one file share its buffer, so \`buffer=\`, \`flush=\` and \`gzip\` must be the same wherever they are given for
it: \`access_log "/var/log/nginx/access.log" already defined with conflicting parameters\`. A line without any of them goes along.`,
  references: ['https://nginx.org/en/docs/http/ngx_http_log_module.html#access_log'],
  *check(source, project) {
    if (source.named('access_log').length === 0) return;
    for (const { first, again } of clashesIn(project, source.file, 'logs', (instance) =>
      clashesOf(project, instance),
    )) {
      const [path] = again.directive.args;
      yield {
        span: spanNginxNames(source, again.directive, path!),
        message: `${path!.value} is written with another buffer already: nginx refuses to start. Write the same buffer=, flush= and gzip wherever they are given.`,
        related: [{ file: first.file, span: first.directive, message: 'The first one is here.' }],
      };
    }
  },
});

function* clashesOf(project: Project, instance: Instance): Generator<Clash, undefined> {
  const seen = new Map<string, { at: At; buffer: string }>();
  for (const file of instance.files) {
    for (const { directive, buffer } of bufferedIn(project.nginx(file)!)) {
      const at = { file, directive };
      const path = directive.values[1]!;
      const first = seen.get(path);
      if (!first) seen.set(path, { at, buffer });
      else if (first.buffer !== buffer && [first.at, at].every((each) => isLiteral(project, each))) {
        const kind = kindOf(project, at);
        if (kind && kind === kindOf(project, first.at)) yield { first: first.at, again: at };
      }
    }
  }
}

interface Buffered {
  readonly directive: Directive;
  readonly buffer: string;
}

const known = new WeakMap<NginxSource, readonly Buffered[]>();

/** The buffered logs of a file, which are the same in every snapshot. */
function bufferedIn(source: NginxSource): readonly Buffered[] {
  let found = known.get(source);
  if (!found) {
    found = source.named('access_log').flatMap((directive) => {
      const path = directive.values[1];
      if (!path || directive.args.length < 3 || /\$|^syslog:/.test(path)) return [];
      const buffer = bufferOf(directive.args.slice(2).map(({ value }) => value));
      return buffer === null ? [] : [{ directive, buffer }];
    });
    known.set(source, found);
  }
  return found;
}

/** Size, time and level of compression; null where the log has no buffer, or one that cannot be read. */
function bufferOf(options: readonly string[]): string | null {
  let size = 0;
  let flush: number | null = 0;
  let gzip = 0;
  for (const option of options) {
    const [, name, value] = /^(buffer|flush|gzip)(?:=(.*))?$/.exec(option) ?? [];
    if (name === 'gzip') gzip = value === undefined ? 1 : Number(value);
    if (name === 'gzip' && size === 0) size = 64 * 1024;
    if (name === 'flush') flush = milliseconds(value ?? '');
    if (name === 'buffer') {
      if (!isSize(value ?? '', 'km')) return null;
      size = bytes(value!);
    }
  }
  return size === 0 || flush === null || Number.isNaN(gzip) ? null : `${size} ${flush} ${gzip}`;
}
