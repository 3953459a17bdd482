/** Flags ciphers, curves and commands that OpenSSL refuses. */
import { cipherProblem } from '../../nginx/judge/tls/ciphers';
import { commandProblem } from '../../nginx/judge/tls/commands';
import { groupsProblem } from '../../nginx/judge/tls/groups';
import { isPlaceholder } from '../../nginx/judge/values';
import type { Directive } from '../../nginx/tree';
import { directly } from '../../project/children';
import type { At, Project } from '../../project/project';
import { isLiteral } from '../../project/references';
import { defineRule } from '../rule';

const PASSES = { proxy: 'https', grpc: 'grpcs', uwsgi: 'suwsgi' } as const;

const NAMES = [
  ...['ssl_ciphers', 'ssl_ecdh_curve', 'ssl_conf_command'],
  ...Object.keys(PASSES).flatMap((family) => [`${family}_ssl_ciphers`, `${family}_ssl_conf_command`]),
];

export default defineRule({
  id: 'nginx/tls-values',
  language: 'nginx',
  severity: 'error',
  title: 'OpenSSL refuses a setting of TLS',
  why: `nginx hands \`ssl_ciphers\`, \`ssl_ecdh_curve\` and \`ssl_conf_command\` to OpenSSL as they are. Names of ciphers that OpenSSL does not
know are passed over, but a list in which nothing is left keeps nginx from starting: \`SSL_CTX_set_cipher_list("…") failed\`. So does a
single unknown curve. They are looked at only where TLS is spoken: in servers with a certificate, and for \`https://\` upstreams.`,
  references: [
    'https://nginx.org/en/docs/http/ngx_http_ssl_module.html#ssl_ciphers',
    'https://docs.openssl.org/3.0/man1/openssl-ciphers/#cipher-list-format',
  ],
  *check(source, project) {
    for (const name of NAMES) {
      for (const directive of source.named(name)) {
        const problem = problemOf(directive);
        const at = { file: source.file, directive };
        if (problem === null || !isLiteral(project, at) || !isUsed(project, at)) continue;
        yield {
          span: directive.args[directive.args.length - 1]!,
          message: `${problem[0]!.toUpperCase()}${problem.slice(1)}. nginx refuses to start, because OpenSSL refuses this value of ${name}.`,
        };
      }
    }
  },
});

function problemOf({ name, args }: Directive): string | null {
  const [first, second] = args;
  if (!first || args.some(isPlaceholder)) return null;
  if (name.value.endsWith('_conf_command')) return second ? commandProblem(first.value, second.value) : null;
  if (args.length !== 1) return null;
  return name.value.endsWith('_curve') ? groupsProblem(first.value) : cipherProblem(first.value);
}

/** Does something speak TLS with it for certain? */
function isUsed(project: Project, at: At): boolean {
  const [family] = /^(?:proxy|grpc|uwsgi)(?=_)/.exec(at.directive.called) ?? [];
  const context = project.contextOf(at);
  if (!family) return serversWith(project, at).some((server) => isServing(project, server));
  if (context?.startsWith('stream')) {
    return serversWith(project, at).some(
      (server) =>
        lastValue(governing(project, server, 'proxy_ssl')) === 'on' &&
        directly(project, server, 'proxy_pass').length > 0,
    );
  }
  const scheme = PASSES[family as keyof typeof PASSES];
  return project.named(`${family}_pass`).some((pass) => {
    const target = pass.directive.values[1] ?? '';
    return (
      target.toLowerCase().startsWith(`${scheme}://`) &&
      isLiteral(project, pass) &&
      project.effective(pass, at.directive.called).some(({ directive }) => directive === at.directive)
    );
  });
}

/** The servers that `at` governs. */
function serversWith(project: Project, at: At): readonly At[] {
  const around = project.parent(at);
  if (!around) return [];
  const { value } = around.directive.name;
  if (value === 'server') return [around];
  const servers = project.children(around.file, around.directive).get('server') ?? [];
  return servers.filter(
    (server) => server.directive.block && directly(project, server, at.directive.called).length === 0,
  );
}

/** The directives in force directly in a server: its own, else those of the block around it. */
function governing(project: Project, server: At, name: string): readonly At[] {
  const own = directly(project, server, name);
  return own.length > 0 ? own : project.effective(server, name);
}

function lastValue(found: readonly At[]): string | undefined {
  return found[found.length - 1]?.directive.values[1];
}

/** In `http` and, since 1.25.5, `stream` a certificate is enough; a socket must ask for TLS elsewhere. */
function isServing(project: Project, server: At): boolean {
  if (governing(project, server, 'ssl_certificate').length === 0) return false;
  const context = project.contextOf(server);
  if (context === 'http') return true;
  const listens = directly(project, server, 'listen');
  if (listens.some(({ directive }) => directive.args.some(({ value }) => value === 'ssl'))) return true;
  if (context !== 'mail') return false;
  const starttls = lastValue(governing(project, server, 'starttls'));
  return lastValue(governing(project, server, 'ssl')) === 'on' || starttls === 'on' || starttls === 'only';
}
