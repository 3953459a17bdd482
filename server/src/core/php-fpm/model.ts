/** What php-fpm configuration files mean together: the global settings and the pools, each value with its place. */
import type { Span } from '../text/span';
import type { FpmTree, Section, Setting } from './tree';

/** A file and, where known, the files that its `include`s bring in. */
export interface FpmFile {
  readonly file: string;
  readonly tree: FpmTree;
  /**
   * With it the order is php-fpm's own: an included file is read where its `include` stands, starts in the section that
   * stands around it, and the including file goes on in the section in which the included one ended.
   */
  readonly includes?: readonly FpmInclude[];
}

export interface FpmInclude {
  readonly setting: Setting;
  readonly files: readonly FpmFile[];
}

/** One php-fpm process with its pools, in order of first appearance. */
export interface FpmInstance {
  readonly global: FpmSection;
  readonly pools: readonly Pool[];
  /** Names of pools are compared without case, as php-fpm does. */
  pool(name: string): Pool | undefined;
}

/** A section, put together from all its parts in all files. */
export interface FpmSection {
  readonly name: string;
  readonly places: readonly SectionPlace[];
  /** All settings in the order in which php-fpm reads them. */
  readonly values: readonly Value[];
  /** A setting without brackets. The last one counts; case does not. */
  get(key: string): Value | undefined;
  /** All settings of a key with brackets: `env`, `php_value`, `access.suppress_path`. Case counts. */
  list(key: string): readonly Value[];
  /**
   * `sub('env', 'PATH')`: what `env[PATH]` is set to. The FIRST one counts: php-fpm keeps these settings in a list that
   * it applies last to first (fpm_conf_set_array()).
   */
  sub(key: string, sub: string): Value | undefined;
}

export interface Pool extends FpmSection {
  /**
   * The setting that decides a php.ini option in this pool's processes: `php_admin_value` and `php_admin_flag` go before
   * `php_value` and `php_flag`, and among equals the first one counts.
   */
  php(option: string): Value | undefined;
}

export interface SectionPlace {
  readonly file: string;
  readonly section: Section;
}

export interface Value {
  /** With `$pool` replaced by the pool's name. */
  readonly value: string;
  /** False where the files alone do not say the value: see `Setting`. */
  readonly known: boolean;
  readonly file: string;
  readonly setting: Setting;
}

/** The patterns a file includes; `include` is valid in every section, written in lower case. */
export interface IncludePattern {
  /**
   * As php-fpm hands it to glob(3). A relative one starts from the prefix (`php-fpm -p`, else the one php was built with,
   * /usr on Debian), never from the including file nor from the current folder.
   */
  readonly pattern: string;
  readonly span: Span;
  readonly setting: Setting;
}

export function includes(tree: FpmTree): readonly IncludePattern[] {
  const found: IncludePattern[] = [];
  for (const section of [tree.preamble, ...tree.sections]) {
    for (const setting of section.settings) {
      if (isInclude(setting)) found.push({ pattern: setting.value, span: setting.rawValueSpan, setting });
    }
  }
  return found;
}

/** Reads files one after the other, in load order, each starting in `[global]`. */
export function pools(files: readonly FpmFile[]): FpmInstance {
  const global = part('global');
  const parts = new Map<string, Part>();
  let current = global;
  for (const file of files) {
    current = global;
    read(file);
  }
  const all = [...parts.values()].map(pool);
  return {
    global: settings(global, (value) => value),
    pools: all,
    pool: (name) => all.find((one) => fold(one.name) === fold(name)),
  };

  function read(source: FpmFile): void {
    const { file, tree } = source;
    for (const section of [tree.preamble, ...tree.sections]) {
      if (section !== tree.preamble) current = enter(section.name);
      if (section !== tree.preamble || section.settings.length > 0) current.places.push({ file, section });
      for (const setting of section.settings) {
        if (setting.operatorSpan === null) continue;
        const included = isInclude(setting) && source.includes?.find((one) => one.setting === setting);
        current.values.push({ value: setting.value, known: setting.known, file, setting });
        if (!included) continue;
        const before = current;
        for (const child of included.files) read(child);
        if (current !== before && setting !== section.settings.at(-1)) current.places.push({ file, section });
      }
    }
  }

  function enter(name: string): Part {
    if (fold(name) === 'global') return global;
    const known = parts.get(fold(name));
    if (known) return known;
    const added = part(name);
    parts.set(fold(name), added);
    return added;
  }
}

interface Part {
  readonly name: string;
  readonly places: SectionPlace[];
  readonly values: Value[];
}

function part(name: string): Part {
  return { name, places: [], values: [] };
}

function isInclude(setting: Setting): boolean {
  return setting.key === 'include' && setting.sub === null && setting.operatorSpan !== null && setting.value !== '';
}

function pool(one: Part): Pool {
  const base = settings(one, (value) => value.replaceAll('$pool', () => one.name));
  const first = (keys: readonly string[], option: string): Value | undefined =>
    base.values.find(({ setting }) => keys.includes(setting.key) && setting.sub === option);
  return {
    ...base,
    php: (option) => first(['php_admin_value', 'php_admin_flag'], option) ?? first(['php_value', 'php_flag'], option),
  };
}

function settings(one: Part, expand: (value: string) => string): FpmSection {
  const values = one.values.map((value) => ({ ...value, value: expand(value.value) }));
  const last = new Map<string, Value>();
  for (const value of values) if (value.setting.sub === null) last.set(fold(value.setting.key), value);
  return {
    name: one.name,
    places: one.places,
    values,
    get: (key) => last.get(fold(key)),
    list: (key) => values.filter(({ setting }) => setting.key === key && setting.sub !== null),
    sub: (key, sub) => values.find(({ setting }) => setting.key === key && setting.sub === sub),
  };
}

/** Only ASCII letters, as in strcasecmp(). */
function fold(name: string): string {
  return name.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

/** Seconds of a time as settings of pools write it: `30`, `30s`, `5m`, `1h`, `1d`; null for others. */
export function fpmSeconds(value: string): number | null {
  const [, digits, unit = 's'] = /^(\d{1,9})([smhd]?)$/.exec(value) ?? [];
  if (digits === undefined) return null;
  return Number(digits) * { s: 1, m: 60, h: 3600, d: 86_400, '': 1 }[unit as 's']!;
}
