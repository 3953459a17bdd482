/** Where things run, as the files around them tell: nginx in a container, its backends as services and units. */
import { basename, dirname, resolve } from '../text/path';
import type { Compose, Service } from './compose';
import type { Dockerfile } from './dockerfile';
import type { Project } from './project';
import type { Neighbour } from './source';
import { type UnitSetting, unitName } from './systemd';

/** A service of a Compose file. */
export interface Container {
  readonly file: string;
  readonly compose: Compose;
  readonly service: Service;
  /** What it is built from, where that is in view. */
  readonly dockerfile: Dockerfile | null;
  /** Image that runs or that is built upon, without registry of Docker's own; null where that is not told. */
  readonly image: string | null;
}

/** A unit with its drop-ins. */
export interface Unit {
  readonly name: string;
  /** The last one of that key. */
  get(section: string, key: string): UnitValue | undefined;
  /** All of that key; an empty value has taken back those before it. */
  list(section: string, key: string): readonly UnitValue[];
}

export interface UnitValue extends UnitSetting {
  readonly file: string;
}

export interface System {
  readonly containers: readonly Container[];
  readonly units: readonly Unit[];
  unit(name: string): Unit | undefined;
  /** The services that are given the file, and those of the same name that other Compose files of the folder speak of. */
  containersOf(file: string): readonly Container[];
  /** Two files of one folder of which no server has both: containers are given one or the other. */
  areApart(a: string, b: string): boolean;
  /** It stands in `conf.d` of nginx's official image, whose own `nginx.conf` sets but a few things, and nothing more is there. */
  isInStockImage(file: string): boolean;
  /** Some image, or some container, gets the file. */
  isGiven(file: string): boolean;
  /** Some image, or some container, gets a file of that absolute path. */
  isMade(path: string): boolean;
  /** A file of php-fpm that some image is made with, in which `zz-docker.conf` may say otherwise. */
  isInPhpImage(file: string): boolean;
  /** Some image says that its processes are not started by root. */
  readonly hasOwnUser: boolean;
  /** The services that are given this file of php-fpm. */
  poolContainersOf(file: string): readonly Container[];
  /** The services that go by that name, of the Compose files beside `near`, else of all. */
  named(name: string, near: readonly Container[]): readonly Container[];
}

const systems = new WeakMap<ReadonlyMap<string, Neighbour>, System>();

/** Found once, however often a text is edited. */
export function systemOf(project: Project): System {
  let found = systems.get(project.neighbours);
  if (!found) {
    found = readSystem([...project.neighbours.values()]);
    systems.set(project.neighbours, found);
  }
  return found;
}

/** More services than anybody runs. */
const MOST_CONTAINERS = 1000;

function readSystem(neighbours: readonly Neighbour[]): System {
  const dockerfiles = new Map<string, Dockerfile>();
  for (const each of neighbours) if (each.kind === 'dockerfile') dockerfiles.set(each.file, each.dockerfile);
  const containers = neighbours
    .flatMap((each) =>
      each.kind === 'compose'
        ? each.compose.services.map((service) => container(each.file, each.compose, service))
        : [],
    )
    .slice(0, MOST_CONTAINERS);
  const units = readUnits(neighbours);
  const known = new Map<string, readonly Container[]>();

  function container(file: string, compose: Compose, service: Service): Container {
    const folder = service.build && resolve(dirname(file), service.build.context);
    const dockerfile = folder === null ? null : (dockerfiles.get(resolve(folder, service.build!.dockerfile)) ?? null);
    const image = service.build ? (dockerfile?.image ?? null) : service.image;
    return { file, compose, service, dockerfile, image: image && plainImage(image) };
  }

  const copies = () => [...dockerfiles.values()].flatMap((each) => each.copies);

  return {
    containers,
    units,
    unit: (name) => units.find((unit) => unit.name === name),
    containersOf(file) {
      let found = known.get(file);
      if (!found) {
        const given = containers.filter((each) => placesOf(each, file).some(isNginxFolder));
        found = containers.filter((each) => given.some((one) => isSameService(one, each)));
        known.set(file, found);
      }
      return found;
    },
    areApart(a, b) {
      const given = containers.map((each) => [a, b].filter((file) => placesOf(each, file).some(isNginxFolder)).length);
      return given.includes(1) && !given.includes(2);
    },
    isInStockImage(file) {
      const given = containers.filter((each) => placesOf(each, file).some(isNginxFolder));
      return given.length > 0 && given.every((each) => isStock(each, file));
    },
    isGiven: (file) =>
      containers.some((each) => placesOf(each, file).length > 0) ||
      copies().some(({ from }) => `${dirname(file)}/${basename(file)}`.endsWith(`/${from.replace(/^(?:\.?\/)+/, '')}`)),
    isMade: (path) =>
      copies().some(({ from, to }) => (to.endsWith('/') ? to + basename(from) : to) === path) ||
      containers.some(({ service }) => service.mounts.some(({ to }) => to === path)),
    isInPhpImage: (file) =>
      [...dockerfiles.values()].some(
        ({ image, copies }) =>
          image !== null &&
          isPhpImage(plainImage(image)) &&
          copies.some(({ from, to }) => basename(from) === basename(file) || to.startsWith(FPM_FOLDER)),
      ),
    hasOwnUser: [...dockerfiles.values()].some(({ user }) => user !== null && !/^(?:root|0)(?::|$)/.test(user)),
    poolContainersOf: (file) => containers.filter((each) => placesOf(each, file).some((place) => /php/.test(place))),
    named(name, near) {
      const wanted = name.toLowerCase();
      const all = containers.filter(({ service }) => service.names.includes(wanted));
      const folders = new Set(near.map(({ file }) => dirname(file)));
      return near.length === 0 ? all : all.filter(({ file }) => folders.has(dirname(file)));
    },
  };
}

/** Compose reads an override beside the main file, and people write one file for each environment. */
function isSameService(a: Container, b: Container): boolean {
  return a.service.name === b.service.name && dirname(a.file) === dirname(b.file);
}

/** The paths under which a container sees a file of the project. */
export function placesOf({ file: compose, service, dockerfile }: Container, file: string): string[] {
  const home = dirname(compose);
  const places = service.mounts.flatMap(({ from, to }) => placed(resolve(home, from), to, file));
  if (!dockerfile || !service.build) return places;
  const context = resolve(home, service.build.context);
  for (const { from, to } of dockerfile.copies) {
    const source = resolve(context, from.startsWith('/') ? `.${from}` : from);
    const place = placed(source, to, file);
    // COPY nginx.conf /etc/nginx/ keeps the name.
    places.push(...(source === file && to.endsWith('/') ? [to + basename(file)] : place));
  }
  return places;
}

/** Absolute paths that a service names: of volumes of any kind, and in its command and environment. */
export function pathsNamed({ service }: Container): string[] {
  return [...service.text.matchAll(/[:\s"'](\/[^\s:"',\]}]+)/g)].map(([, path]) => path!.replace(/\/+$/, ''));
}

function placed(from: string, to: string, file: string): string[] {
  if (from === file) return [to];
  const folder = from.endsWith('/') ? from : `${from}/`;
  return file.startsWith(folder) ? [`${to.replace(/\/+$/, '')}/${file.slice(folder.length)}`] : [];
}

/** Where nginx reads its configuration. Source code with some nginx.conf in it is mounted elsewhere. */
function isNginxFolder(place: string): boolean {
  return /^\/(?:etc\/nginx|usr\/local\/(?:openresty|nginx)|opt\/[^/]+\/nginx)\//.test(place);
}

function plainImage(image: string): string {
  return image.toLowerCase().replace(/^(?:docker\.io\/)?(?:library\/)?/, '');
}

function isStock({ file: compose, image, service }: Container, file: string): boolean {
  if (!image || service.build || service.extended || service.volumesFrom || service.command !== null) return false;
  if (!/^(?:nginx|nginxinc\/nginx-unprivileged)(?:[:@]|$)/.test(image)) return false;
  const mounts = service.mounts.filter(({ to }) => /^\/(?:etc(?:\/nginx(?:\/.*)?)?|docker-entrypoint.*)?$/.test(to));
  const [only] = mounts;
  return (
    mounts.length === 1 &&
    /^\/etc\/nginx\/conf\.d\/[^/]+\.conf$/.test(only!.to) &&
    resolve(dirname(compose), only!.from) === file
  );
}

/** An image in which nothing but nginx is started. */
export function runsOnlyNginx({ image, service, dockerfile }: Container): boolean {
  if (!image || !/^(?:nginx|nginxinc\/nginx-unprivileged|openresty\/openresty)(?:[:@]|$)/.test(image)) return false;
  // nginx's image runs the scripts of /docker-entrypoint.d before nginx, and a copy to "/" may bring some.
  if (dockerfile && (dockerfile.starts || STARTERS.test(dockerfile.text))) return false;
  if (dockerfile?.copies.some(({ to }) => /^\/*$|docker-entrypoint/.test(to))) return false;
  if (service.mounts.some(({ to }) => /docker-entrypoint/.test(to)) || service.volumesFrom || service.extended)
    return false;
  return service.command === null || (/\bnginx\b/.test(service.command) && !FURTHER.test(service.command));
}

const STARTERS = /docker-entrypoint|\.sh\b|supervis|\bs6\b|runit/i;

const FURTHER = /\.sh\b|php|node|python|gunicorn|supervis|fcgi|spawn|s6|runit/i;

/** php-fpm's official image, which listens on port 9000 whatever an earlier file says. */
export function isPhpImage(image: string | null): boolean {
  return image !== null && /^php:[^@]*fpm/.test(image);
}

const FPM_FOLDER = '/usr/local/etc/php-fpm.d';

/**
 * Does the `zz-docker.conf` of php-fpm's official image, which sets `listen = 9000` for pool "www", come after this file in
 * the container? php-fpm reads the files of the folder in order of name.
 */
export function isOverridden(container: Container, file: string): boolean {
  if (!isPhpImage(container.image)) return false;
  const { mounts } = container.service;
  // A folder that is put over the image's hides what the image has there.
  if (mounts.some(({ to }) => `${FPM_FOLDER}/`.startsWith(`${to.replace(/\/+$/, '')}/`))) return false;
  const all = [...mounts, ...(container.dockerfile?.copies ?? [])].map(({ to }) => to);
  if (all.some((to) => to.startsWith(`${FPM_FOLDER}/`) && basename(to) >= 'zz-docker.conf')) return false;
  if (/zz-docker/.test(container.dockerfile?.text ?? '') || container.service.command !== null) return false;
  const places = placesOf(container, file);
  return (
    places.length > 0 && places.every((place) => dirname(place) === FPM_FOLDER && basename(place) < 'zz-docker.conf')
  );
}

/** Ports that a container is known to listen on: those that are said to be its own, and those its image is known for. */
export function portsOf({ service, dockerfile, image }: Container): Set<number> {
  const ports = [...service.ports.map(({ target }) => target), ...service.exposed, ...(dockerfile?.exposed ?? [])];
  return new Set(isPhpImage(image) ? [...ports, 9000] : ports);
}

/** Alone in its network: what it calls 127.0.0.1 is itself. */
export function hasOwnNetwork(container: Container, all: readonly Container[]): boolean {
  const { networkMode, name, extended } = container.service;
  if (extended || (networkMode !== null && networkMode !== 'bridge')) return false;
  const names = new Set(all.filter((each) => isSameService(each, container)).flatMap(({ service }) => service.names));
  return !all.some(({ service }) => {
    const mode = service.networkMode;
    return mode !== null && (mode === `service:${name.toLowerCase()}` || names.has(mode.replace(/^container:/, '')));
  });
}

function readUnits(neighbours: readonly Neighbour[]): Unit[] {
  const parts = new Map<string, UnitValue[]>();
  // A unit first, then its drop-ins in order of name.
  const files = neighbours.flatMap((each) => (each.kind === 'systemd' ? [each] : []));
  files.sort((a, b) => Number(/\.d\/[^/]+$/.test(a.file)) - Number(/\.d\/[^/]+$/.test(b.file)));
  for (const { file, unit } of files) {
    const name = unitName(file)!;
    const values = unit.map((setting) => ({ ...setting, file }));
    const known = parts.get(name);
    if (known) known.push(...values);
    else parts.set(name, values);
  }
  const own = files.filter(({ file }) => !/\.d\/[^/]+$/.test(file)).map(({ file }) => unitName(file)!);
  // Two units of one name are two machines'.
  const single = [...parts].filter(([name]) => own.indexOf(name) === own.lastIndexOf(name));
  return single.map(([name, values]) => {
    const list = (section: string, key: string): UnitValue[] => {
      let found: UnitValue[] = [];
      for (const value of values) {
        if (value.section !== section || value.key !== key) continue;
        found = value.value === '' ? [] : [...found, value];
      }
      return found;
    };
    return { name, list, get: (section, key) => list(section, key).at(-1) };
  });
}

/** A boolean as systemd reads it, of which only the positive is of interest. */
export function isOn(value: UnitValue | undefined): boolean {
  return /^(?:1|yes|true|on)$/i.test(value?.value ?? '');
}
