/** Makes a pool listen where nginx connects. */

import { setSettings } from '../php-fpm/edit';
import type { Value } from '../php-fpm/model';
import { spell } from '../project/address';
import { poolService } from '../project/service';
import type { Misaligned } from './align-address';
import { defineRemedy } from './remedy';

export default defineRemedy<Misaligned>({
  id: 'align-pool',
  title: 'Make the pool listen on the address nginx connects to',
  when: 'The address in nginx is the one that is meant, and the pool was set up differently.',
  time: '5 min',
  risk: 'Low: restarts php-fpm; whatever else connects to the old address loses it',
  why: 'Sets `listen` of the pool to the address that nginx uses, where the pool sets it now.',
  references: ['https://www.php.net/manual/en/install.fpm.configuration.php'],
  describe: (_, { endpoint, pool }) =>
    `Make pool "${pool.name}" listen on ${listenValue(endpoint)} (changes ${shortName(pool.get('listen'))})`,
  edits: (project, { endpoint, pool }) => {
    const listen = pool.get('listen');
    const tree = listen && project?.fpm(listen.file)?.tree;
    const place = pool.places.find(
      ({ file, section }) => file === listen?.file && section.settings.includes(listen.setting),
    );
    if (!listen || !tree || !place) return [];
    return setSettings(tree, place.section, [{ key: 'listen', value: listenValue(endpoint) }]).map((edit) => ({
      file: listen.file,
      ...edit,
    }));
  },
  apply: (_, { pool }) => [`systemctl restart ${poolService(pool)}`],
});

function listenValue({ address }: Misaligned['endpoint']): string {
  if (address.kind === 'unix') return address.path;
  return address.host === 'localhost' ? `127.0.0.1:${address.port}` : spell(address);
}

function shortName(value: Value | undefined): string {
  return value ? value.file.slice(value.file.lastIndexOf('/') + 1) : 'its file';
}
