/**
 * Open documents and the files around them, as projects that are always current. An edit changes its one file at once;
 * whatever needs the disk (a new include, a new file) is loaded in the background and asked about again.
 */
import {
  basename,
  type Discovered,
  dirname,
  discover,
  type Files,
  isForeign,
  type Language,
  languageOfText,
  loadDiscovered,
  type Project,
  type RuleSettings,
} from '../core/index';
import { fileOf } from './uris';

export interface Document {
  readonly uri: string;
  readonly languageId: string;
  readonly version: number;
  readonly text: string;
}

export interface Settings {
  readonly nginxVersion: string | null;
  readonly directives: readonly string[];
  readonly prefix: string | null;
  readonly rules: RuleSettings;
}

export const DEFAULT_SETTINGS: Settings = { nginxVersion: null, directives: [], prefix: null, rules: {} };

/** A folder that is read as one project: a workspace folder, or the surroundings of a document outside of all. */
interface Home {
  readonly key: string;
  readonly folders: readonly string[];
  /** Null until the folder has been searched, and again when files have come or gone. */
  found: Discovered | null;
  project: Project | null;
  loading: Promise<void> | null;
  stale: boolean;
}

export interface Workspace {
  open(document: Document): void;
  change(document: Document): void;
  close(uri: string): void;
  document(uri: string): Document | null;
  readonly documents: readonly Document[];
  /** What a document is read as; null for one that is none of ours. */
  language(document: Document): Language | null;
  /** The project that a document is part of; null while it is being loaded, and for logs. */
  projectOf(uri: string): Project | null;
  /** Every project that is loaded, the one of the log's own folder first: a log may be about any of them. */
  projectsFor(uri: string): readonly Project[];
  /** Loads what is around a file that is not open; resolves when it is there. */
  visit(uri: string): Promise<void>;
  /** Resolves when everything asked for so far has been loaded. */
  settled(): Promise<void>;
  setFolders(folders: readonly string[]): void;
  setSettings(settings: Settings): void;
  readonly settings: Settings;
  /** Files have come, gone or changed on disk. */
  refresh(): void;
}

const LANGUAGES: Readonly<Record<string, Language>> = {
  nginx: 'nginx',
  NGINX: 'nginx',
  'php-fpm': 'php-fpm',
  'nginx-error-log': 'nginx-error-log',
};

/** What editors call text that no extension has claimed, `.log` and `.conf` files among it: its content decides. */
const UNDECIDED = new Set(['plaintext', 'log', 'properties', 'ini']);

/** How much of a plain text is looked at to recognise it. */
const HEAD = 64 * 1024;

/** `changed` is told which documents to judge anew: `at once` for the one that was typed in, the others when typing rests. */
export function workspace(
  files: Files,
  changed: (uris: readonly string[], urgency: 'now' | 'later') => void,
): Workspace {
  const documents = new Map<string, Document>();
  const homes = new Map<string, Home>();
  const recognised = new WeakMap<Document, Language | null>();
  let folders: readonly string[] = [];
  let settings = DEFAULT_SETTINGS;

  /** Open documents hide what is on the disk. */
  const overlay: Files = {
    read: async (path) => {
      const open = openText(path);
      return open === null ? files.read(path) : { text: open };
    },
    list: (path) => files.list(path),
    stat: async (path) => (openText(path) === null ? files.stat(path) : 'file'),
  };

  function openText(file: string): string | null {
    for (const document of documents.values()) if (fileOf(document.uri) === file) return document.text;
    return null;
  }

  function language(document: Document): Language | null {
    const known = LANGUAGES[document.languageId];
    // An editor may know it by its folder alone.
    if (known && isForeign(known, document.text)) return languageOfText(document.text.slice(0, HEAD));
    if (known) return known;
    if (!UNDECIDED.has(document.languageId)) return null;
    const seen = recognised.get(document);
    if (seen !== undefined) return seen;
    const found = languageOfText(document.text.slice(0, HEAD));
    recognised.set(document, found);
    return found;
  }

  function home(uri: string): Home {
    const file = fileOf(uri);
    const folder = folders
      .filter((each) => file.startsWith(each.endsWith('/') ? each : `${each}/`))
      .sort((a, b) => b.length - a.length)[0];
    if (folder !== undefined) return homeFor(folder, [folder]);
    return homeFor(file, surroundings(file));
  }

  function homeFor(key: string, at: readonly string[]): Home {
    const known = homes.get(key);
    if (known) return known;
    const made: Home = { key, folders: at, found: null, project: null, loading: null, stale: true };
    homes.set(key, made);
    return made;
  }

  function members(at: Home): Document[] {
    return [...documents.values()].filter((document) => language(document) !== null && home(document.uri) === at);
  }

  /** Searches and loads until nothing has changed in between. */
  function load(at: Home): Promise<void> {
    at.stale = true;
    at.loading ??= (async () => {
      try {
        while (at.stale) {
          at.stale = false;
          at.found ??= await search(at);
          const open = members(at).flatMap((document) => {
            const kind = language(document);
            return kind === 'nginx' || kind === 'php-fpm' ? [{ kind, file: fileOf(document.uri) }] : [];
          });
          const found = merge(at.found, open);
          const { nginxVersion, directives, prefix } = settings;
          const options = { nginxVersion, directives, prefix };
          const loaded = await loadDiscovered(overlay, found, options, at.project ?? undefined);
          at.project = loaded.project;
          for (const document of members(at)) update(at, document);
        }
      } finally {
        at.loading = null;
      }
      changed(affected(at), 'now');
    })();
    return at.loading;
  }

  async function search(at: Home): Promise<Discovered> {
    const parts = await Promise.all(at.folders.map((folder) => discover(files, folder)));
    return {
      nginx: parts.flatMap((part) => part.nginx),
      fpm: parts.flatMap((part) => part.fpm),
      around: parts.flatMap((part) => part.around ?? []),
    };
  }

  /** Gives the project the text of an open document; false when the project does not have the file. */
  function update(at: Home, document: Document): boolean {
    const file = fileOf(document.uri);
    const known = at.project?.sources.get(file);
    if (!at.project || !known || known.kind !== language(document)) return false;
    if (known.text !== document.text) at.project = at.project.withText(file, document.text);
    return true;
  }

  /** Open documents that a change in `at` may concern: its own, and logs anywhere. */
  function affected(at: Home): string[] {
    return [...documents.values()]
      .filter((document) => {
        const kind = language(document);
        return kind === 'nginx-error-log' || (kind !== null && home(document.uri) === at);
      })
      .map(({ uri }) => uri);
  }

  function needsDisk({ project }: Home, file: string): boolean {
    const source = project?.nginx(file);
    return source?.includes.some((include) => !project!.resolved.has(project!.includePattern(file, include))) ?? false;
  }

  function change(document: Document): void {
    documents.set(document.uri, document);
    const kind = language(document);
    if (kind === null) return;
    const at = home(document.uri);
    if (kind === 'nginx-error-log') {
      changed([document.uri], 'now');
      if (!at.project) void load(at);
      return;
    }
    if (!update(at, document) || needsDisk(at, fileOf(document.uri)) || kind === 'php-fpm') void load(at);
    changed([document.uri], 'now');
    changed(affected(at), 'later');
  }

  return {
    open: change,
    change,
    close(uri) {
      const document = documents.get(uri);
      if (!document) return;
      const at = home(uri);
      documents.delete(uri);
      if (homes.has(at.key) && !folders.includes(at.key) && members(at).length === 0) homes.delete(at.key);
      else if (language(document) !== 'nginx-error-log') void load(at);
    },
    document: (uri) => documents.get(uri) ?? null,
    get documents() {
      return [...documents.values()];
    },
    language,
    projectOf: (uri) => home(uri).project,
    projectsFor(uri) {
      const own = home(uri);
      const all = [own, ...[...homes.values()].filter((each) => each !== own)];
      return all.flatMap(({ project }) => (project && project.sources.size > 0 ? [project] : []));
    },
    async visit(uri) {
      const at = home(uri);
      if (!at.project) await load(at);
    },
    async settled() {
      for (let busy = pending(); busy.length > 0; busy = pending()) await Promise.all(busy);
    },
    setFolders(next) {
      folders = next;
      homes.clear();
      for (const folder of folders) void load(homeFor(folder, [folder]));
      for (const { uri } of documents.values()) void load(home(uri));
    },
    setSettings(next) {
      settings = next;
      for (const each of homes.values()) void load(each);
      changed([...documents.keys()], 'now');
    },
    get settings() {
      return settings;
    },
    refresh() {
      for (const each of homes.values()) {
        each.found = null;
        void load(each);
      }
    },
  };

  function pending(): Promise<void>[] {
    return [...homes.values()].flatMap(({ loading }) => (loading ? [loading] : []));
  }
}

/** The folders to search for a file outside every workspace folder: nginx's, and on a server php-fpm's too. */
function surroundings(file: string): string[] {
  if (!file.startsWith('/')) return [];
  const nginx = /^(.*\/(?:nginx|openresty))\//.exec(file)?.[1];
  const etc = /^(.*\/etc)\/(?:nginx|php|php-fpm\.d|openresty)\//.exec(file)?.[1];
  const log = /^\/var\/log\/(?:nginx|openresty)\//.test(file);
  const folders = ['nginx', 'php', 'php-fpm.d', 'systemd/system'];
  if (log) return folders.map((folder) => `/etc/${folder}`);
  if (etc !== undefined) return folders.map((folder) => `${etc}/${folder}`);
  if (nginx !== undefined) return [nginx];
  return /^nginx.*\.conf$/.test(basename(file)) ? [dirname(file)] : [];
}

function merge(found: Discovered, open: readonly { kind: Language; file: string }[]): Discovered {
  const add = (kind: Language, list: readonly string[]): string[] => [
    // A document that the person calls something else is no longer what its path says.
    ...list.filter((file) => !open.some((each) => each.file === file && each.kind !== kind)),
    ...open.filter((each) => each.kind === kind && !list.includes(each.file)).map((each) => each.file),
  ];
  return { nginx: add('nginx', found.nginx), fpm: add('php-fpm', found.fpm), around: found.around };
}
