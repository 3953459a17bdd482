/** Flags a name that is looked up at run time by a name server that cannot know it. */
import { passesOf } from '../../project/links';
import { isWhole } from '../../project/references';
import { inForce } from '../../project/settings';
import { hostOf, isLookedUp, targetsOf } from '../../project/target';
import { defineRule } from '../rule';

export default defineRule({
  id: 'nginx/unresolvable-name',
  language: 'nginx',
  severity: 'warning',
  title: 'The resolver cannot know this name',
  why: `A name in a pass with a variable is looked up by nginx itself, which asks the servers in \`resolver\` and nothing else: not
\`/etc/hosts\`, and with none of the search domains of \`/etc/resolv.conf\`. A public name server knows no name of one word and no
\`.local\`; that of Kubernetes knows services by their full names only, \`app.shop.svc.cluster.local\`. Each request gets
**502** and \`app could not be resolved (3: Host not found)\`. In Docker the resolver is \`127.0.0.11\`.`,
  references: ['https://nginx.org/en/docs/http/ngx_http_core_module.html#resolver'],
  *check(source, project) {
    for (const pass of passesOf(project, source, 'dynamic')) {
      const word = pass.at.directive.args[0]!;
      if (word.template || !isWhole(project, source.file)) continue;
      const resolver = inForce(project, pass, 'resolver');
      const servers =
        resolver?.directive.args.filter(({ value }) => !/^(?:valid|ipv[46]|status_zone)=/.test(value)) ?? [];
      if (!resolver || servers.length === 0 || servers.some(({ template }) => template)) continue;
      const kind = servers.every(({ value }) => PUBLIC.test(value))
        ? 'public'
        : servers.every(({ value }) => KUBERNETES.test(value))
          ? 'kubernetes'
          : null;
      if (kind === null) continue;
      const found = targetsOf(project, pass).find(({ text }) => {
        const host = hostOf(text);
        return isLookedUp(project, source.file, host) && (kind === 'public' ? LOCAL : SHORT).test(host!);
      });
      if (!found) continue;
      const host = hostOf(found.text)!;
      const at = found.from[found.from.length - 1];
      const listed = servers
        .map(({ value }) => value)
        .slice(0, 3)
        .join(' and ');
      yield {
        span: word,
        message:
          kind === 'public'
            ? `"${host}" is asked for at ${listed} only, where none but public names are known: requests get 502 "${host} could not be resolved". In Docker write resolver 127.0.0.11, elsewhere the name server of your network.`
            : `"${host}" is looked up without search domains, and at ${listed} only full names are known: requests get 502 "${host} could not be resolved". Write name.namespace.svc.cluster.local.`,
        related: [
          { file: resolver.file, span: resolver.directive, message: 'Looked up here.' },
          ...(at ? [{ file: at.file, span: at.directive, message: `The name "${host}" comes from here.` }] : []),
        ],
      };
    }
  },
});

/** Google, Cloudflare, Quad9, OpenDNS. */
const PUBLIC =
  /^(?:8\.8\.[48]\.[48]|1\.[10]\.[10]\.[123]|9\.9\.9\.\d{1,2}|149\.112\.112\.\d{1,3}|208\.67\.22[02]\.22[02]|\[(?:2001:4860:4860::88(?:88|44)|2606:4700:4700::1(?:111|001)|2620:fe::(?:fe|9))\])(?::53)?$/i;

const KUBERNETES = /^(?:kube-dns|coredns|rke2-coredns-rke2-coredns)\.kube-system\.svc(?:\.[a-z0-9.-]+)?(?::\d+)?$/i;

/** Names that are no public ones. Some servers answer for "localhost" themselves. */
const LOCAL = /^(?!localhost$)(?:[^.]+|.+\.(?:local|internal|lan|svc|docker|home|corp))$/i;

/** One word, or with its namespace; `shop.com` may be a namespace's or a public one. */
const SHORT = /^(?!localhost$)[^.]+$|\.svc$/i;
