/** Flags a port at which the official PHP image does not listen. */
import { linkedAddresses } from '../../project/links';
import { isPhpImage, placesOf, systemOf } from '../../project/system';
import { defineRule, mend } from '../rule';

export default defineRule({
  id: 'links/php-image-port',
  language: 'nginx',
  severity: 'error',
  title: 'The PHP image listens on another port',
  why: `The official \`php:*-fpm\` images listen on port 9000, whatever the service publishes. Another port is refused:
\`connect() failed (111: Connection refused)\`, and every request gets **502**. Services whose pools, command or image are their own are
left alone.`,
  references: ['https://hub.docker.com/_/php'],
  *check(source, project) {
    const system = systemOf(project);
    const own = system.containers.length > 0 ? system.containersOf(source.file) : [];
    if (own.length === 0) return;
    for (const { endpoint, pass } of linkedAddresses(project, source)) {
      const { address } = endpoint;
      if (address.kind !== 'tcp' || address.port === 9000 || address.port === null || pass.target.family !== 'fastcgi')
        continue;
      const services = system.named(address.host, own);
      const [service] = services;
      const isStock = services.every(
        ({ image, service: each }) =>
          isPhpImage(image) &&
          each.build === null &&
          each.command === null &&
          !each.extended &&
          !each.volumesFrom &&
          each.networkMode === null &&
          !/\/usr\/local\/etc|FPM|fpm\.d|\.ini\b/.test(each.text),
      );
      if (!service || !isStock || project.pools.some((pool) => placesOfPool(pool.places).length > 0)) continue;
      const { start } = endpoint.span;
      yield {
        span: endpoint.span,
        message: `${address.host}:${address.port} is refused (502): service "${service.service.name}" (${service.image}) listens on 9000. Write ${address.host}:9000.`,
        related: [{ file: service.file, span: service.service.span, message: 'Nothing here sets another port.' }],
        fixes: [
          mend('links/php-image-port', `Connect to the port that the image listens on (${address.host}:9000)`, [
            { file: source.file, span: { start, end: endpoint.span.end }, newText: `${address.host}:9000` },
          ]),
        ],
      };

      function placesOfPool(places: readonly { readonly file: string }[]): string[] {
        return places.flatMap(({ file }) => services.flatMap((each) => placesOf(each, file)));
      }
    }
  },
});
