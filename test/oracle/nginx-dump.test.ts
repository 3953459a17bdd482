/** What the real `nginx -T` prints is read as the files it holds: nothing wrong in it, and a mistake found where it is found in the file. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { findings, load, mapFiles } from '../../server/src/core';
import { besides, type Case, corpus, missingModules, sites } from './nginx/corpus';
import { layOut, NGINX, type OurError, ourErrors } from './nginx/judge';
import { mutants } from './nginx/mutate';

const HOME = '/etc/nginx';
const DUMP = '/incident/dump.txt';
const HEADING = /^# configuration file \/etc\/nginx\/(.+):$/;

/** As the configuration in `/etc/nginx` would print it; null where this nginx refuses it, or cannot judge it. */
function dumpOf({ files }: Case, beside: ReadonlyMap<string, string>): string | null {
  const folder = mkdtempSync(join(tmpdir(), 'dump-'));
  try {
    layOut(folder, new Map([...beside, ...files]));
    for (const [name, text] of files) writeFileSync(join(folder, name), text);
    const args = ['-T', '-p', `${folder}/`, '-c', join(folder, 'nginx.conf'), '-e', '/dev/null'];
    const { status, stdout } = spawnSync(NGINX!, args, {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      maxBuffer: 64 * 1024 * 1024,
    });
    return status === 0 ? stdout.replaceAll(`# configuration file ${folder}/`, `# configuration file ${HOME}/`) : null;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Errors in a dump, each in its file and on its line there. */
async function errorsIn(dump: string): Promise<OurError[]> {
  const files = mapFiles(new Map([[DUMP, dump]]));
  const { project } = await load(files, { nginx: [DUMP], fpm: [], nginxVersion: '1.22.1' });
  const lines = dump.split('\n');
  return findings(project, DUMP).flatMap(({ severity, span, file, code, message }) => {
    if (severity !== 'error') return [];
    expect(file).toBe(DUMP);
    const line = dump.slice(0, span.start).split('\n').length;
    const heading = lines.findLastIndex((text, i) => i < line && HEADING.test(text));
    return [{ file: HEADING.exec(lines[heading]!)![1]!, line: line - heading - 1, code, message }];
  });
}

describe.skipIf(!NGINX)('nginx -T', () => {
  const cases = corpus();
  const dumps = new Map<Case, string>();
  let beside: ReadonlyMap<string, string>;

  beforeAll(() => {
    beside = besides();
    for (const each of cases) {
      const dump = missingModules(each).length === 0 ? dumpOf(each, beside) : null;
      if (dump !== null) dumps.set(each, dump);
    }
  }, 120_000);

  test('of the corpus has no error', async () => {
    expect(dumps.size).toBeGreaterThan(50);
    for (const [{ name }, dump] of dumps) expect(await errorsIn(dump), name).toEqual([]);
  }, 60_000);

  test('of the corpus has no error with CRLF either', async () => {
    for (const [{ name }, dump] of dumps) expect(await errorsIn(dump.replaceAll('\n', '\r\n')), name).toEqual([]);
  }, 60_000);

  test('shows a mistake where the file shows it', async () => {
    // Another include leads to files that the dump does not hold; a file that is cut off may be a dump that is.
    const includes = (text: string): string => [...text.matchAll(/\binclude\b.*/g)].join('\n');
    const changed = mutants(sites(cases)).filter(
      ({ case: each, file, text }) =>
        dumps.has(each) &&
        includes(text) === includes(each.files.get(file)!) &&
        text.endsWith('\n') &&
        dumps.get(each)!.includes(`# configuration file ${HOME}/${file}:\n`),
    );
    let compared = 0;
    for (let i = 0; i < changed.length; i += 7) {
      const mutant = changed[i]!;
      const dump = dumps.get(mutant.case)!;
      const before = mutant.case.files.get(mutant.file)!;
      const heading = `# configuration file ${HOME}/${mutant.file}:\n`;
      const at = dump.indexOf(heading) + heading.length;
      const edited = `${dump.slice(0, at)}${mutant.text}${dump.slice(at + before.length)}`;
      const plain = (await ourErrors(mutant, beside)).filter(({ code }) => code !== 'nginx/include-missing');
      const key = ({ file, line, code }: OurError): string => `${file}:${line} ${code}`;
      expect(
        (await errorsIn(edited)).map(key).sort(),
        `${mutant.case.name} ${mutant.kind}: line ${mutant.line}`,
      ).toEqual(plain.map(key).sort());
      compared += plain.length;
    }
    expect(compared).toBeGreaterThan(200);
  }, 120_000);
});
