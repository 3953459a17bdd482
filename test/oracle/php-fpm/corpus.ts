/** The valid configurations that the oracle starts from, and every setting and header in them. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from '../../../server/src/core/php-fpm/parser';
import type { Section, Setting } from '../../../server/src/core/php-fpm/tree';

/** One configuration: path below its folder to text. `php-fpm.conf` is the main file. */
export interface Case {
  readonly name: string;
  readonly files: ReadonlyMap<string, string>;
}

/** A setting, or the header of a section (`setting` is null), and where it stands. */
export interface Site {
  readonly case: Case;
  readonly file: string;
  readonly text: string;
  readonly section: Section;
  readonly setting: Setting | null;
}

const folder = join(fileURLToPath(new URL('.', import.meta.url)), 'corpus');

export function corpus(): Case[] {
  return readdirSync(folder)
    .sort()
    .map((name) =>
      name.endsWith('.conf')
        ? { name: name.slice(0, -5), files: new Map([['php-fpm.conf', readFileSync(join(folder, name), 'utf8')]]) }
        : { name, files: readFolder(join(folder, name)) },
    );
}

export function sites(cases: readonly Case[]): Site[] {
  return cases.flatMap((each) =>
    [...each.files].flatMap(([file, text]) => {
      const { preamble, sections } = parse(text);
      return [preamble, ...sections].flatMap((section) => [
        ...(section === preamble ? [] : [{ case: each, file, text, section, setting: null }]),
        ...section.settings.map((setting) => ({ case: each, file, text, section, setting })),
      ]);
    }),
  );
}

function readFolder(at: string): Map<string, string> {
  return new Map(
    readdirSync(at, { recursive: true, encoding: 'utf8' })
      .map((name) => name.replaceAll('\\', '/'))
      .filter((name) => /\.(?:conf|inc)$/.test(name))
      .sort()
      .map((name) => [name, readFileSync(join(at, name), 'utf8')]),
  );
}
