import { describe, expect, test } from 'vitest';
import { closestPool, type Pass, passesOf, poolAt } from '../../../server/src/core/project/links';
import type { At, Project } from '../../../server/src/core/project/project';
import { backendAt } from '../../../server/src/core/project/service';
import { nginxUser } from '../../../server/src/core/project/settings';
import all from '../../../server/src/core/remedies/all';
import type { Remedy } from '../../../server/src/core/remedies/remedy';
import { type FixtureCase, fixtures } from '../fixtures';
import { askNginx, nginxBinary } from '../nginx/nginx';
import { edited, forNginx, placed, projectOf, texts } from '../world';

const remedies = all as unknown as readonly Remedy<unknown>[];
const read = fixtures('remedies');

interface Where {
  readonly pass: number;
  readonly endpoint: number;
}

const allPasses = (project: Project): Pass[] =>
  project.nginxSources.flatMap((source) => [...passesOf(project, source)]);

/** Which pass, and which of its addresses, stands at the cursor: numbers, because the text moves when it is edited. */
function atCursor(project: Project, one: FixtureCase): Where {
  const file = one.files.find(({ cursor }) => cursor !== null);
  if (!file) return { pass: -1, endpoint: -1 };
  const holds = (at: At): boolean =>
    at.file === placed(file.path) && at.directive.start <= file.cursor! && file.cursor! <= at.directive.end;
  const passes = allPasses(project);
  const pass = passes.findIndex(({ at, endpoints }) => holds(at) || endpoints.some((each) => holds(each.at)));
  if (pass < 0) throw new Error(`"${one.title}": no pass at the cursor`);
  return {
    pass,
    endpoint: Math.max(
      0,
      passes[pass]!.endpoints.findIndex((each) => holds(each.at)),
    ),
  };
}

/** What a remedy needs to know of the place; most need the pass at the cursor. */
function target(id: string, project: Project, one: FixtureCase, where: Where): unknown {
  if (id === 'worker-limits') {
    return { events: project.named('events')[0]!, exhausted: Number(one.options.get('exhausted')) };
  }
  const pass = allPasses(project)[where.pass]!;
  const endpoint = pass.endpoints[where.endpoint]!;
  switch (id) {
    case 'align-address':
    case 'align-pool':
      return { endpoint, pool: closestPool(project, endpoint.address) };
    case 'socket-permissions': {
      const { user, group } = nginxUser(project, pass.at.file)!;
      return { pool: poolAt(project, endpoint.address), user, group };
    }
    case 'body-size':
      return { pass, bytes: Number(one.options.get('bytes')) };
    case 'pool-size':
      return { pool: project.pools[0], towards: one.options.get('towards') };
    case 'restart-policy':
      return { service: backendAt(project, endpoint.address, pass.target.scheme).name };
    case 'restart-service':
      return { backend: backendAt(project, endpoint.address, pass.target.scheme) };
    default:
      return { pass, ...Object.fromEntries(one.options) };
  }
}

/** Files that the remedy creates, by path. */
function created(remedy: Remedy<unknown>, project: Project, one: FixtureCase): Map<string, string> {
  const edits = remedy.edits(project, target(remedy.id, project, one, atCursor(project, one)));
  return new Map(edits.filter(({ create }) => create).map(({ file, newText }) => [file, newText]));
}

function apply(remedy: Remedy<unknown>, project: Project, one: FixtureCase): Project {
  return edited(project, remedy.edits(project, target(remedy.id, project, one, atCursor(project, one))));
}

test('every fixture is about a remedy', () => {
  const ids = remedies.map(({ id }) => id);
  for (const { id } of read) expect(ids).toContain(id);
});

describe.each(remedies.map((remedy) => [remedy.id, remedy] as const))('%s', (id, remedy) => {
  const cases = read.find((fixture) => fixture.id === id)?.cases ?? [];

  test('says what it does, when, how long it takes and what it risks', () => {
    expect(remedy.title).toMatch(/^\S.{5,90}[^.]$/);
    expect(remedy.when).toMatch(/^\S.{20,}[.]$/);
    expect(remedy.time).toMatch(/^(?:< 1|\d+) min$/);
    expect(remedy.risk).toMatch(/^(?:Low|Medium|High)\b/);
    expect(remedy.why.length).toBeGreaterThan(40);
    for (const reference of remedy.references) expect(reference).toMatch(/^https:\/\/\S+$/);
    expect(remedy.references.length).toBeGreaterThan(0);
  });

  test('has a fixture', () => {
    expect(cases, `test/fixtures/remedies/${id}.md`).not.toEqual([]);
  });

  test.each(cases.map((one) => [one.title, one] as const))('%s', async (_, one) => {
    const project = await projectOf(one);
    const where = atCursor(project, one);
    const what = target(id, project, one, where);
    expect(remedy.describe(project, what)).toMatch(/^\S.{3,200}[^.]$/);
    expect(remedy.describe(null, what)).toMatch(/^\S.{3,200}[^.]$/);
    expect(remedy.edits(null, what)).toBeInstanceOf(Array);
    for (const command of [...remedy.apply(project, what), ...(remedy.confirm?.(project, what) ?? [])]) {
      expect(command).toMatch(/^[a-z]/);
    }
    const after = apply(remedy, project, one);
    const wanted = new Map(texts(project));
    const files = created(remedy, project, one);
    for (const [path, text] of one.fixed.get('') ?? []) {
      if (wanted.has(placed(path))) wanted.set(placed(path), text);
      else expect(files.get(placed(path)), path).toBe(text);
    }
    for (const [file, text] of texts(after)) expect(text, file).toBe(wanted.get(file));
    for (const file of files.keys()) expect([...(one.fixed.get('')?.keys() ?? [])].map(placed)).toContain(file);
    if (!one.fixed.has('')) {
      expect(one.title, 'nothing changes, so the title says that it stays').toMatch(
        /stay|nothing|already|alone|only commands/i,
      );
    }
    for (const source of [...after.nginxSources, ...after.fpmSources]) expect(source.tree.problems).toEqual([]);
    // Applying it twice changes nothing.
    const again = remedy.edits(after, target(id, after, one, where)).filter(({ create }) => !create);
    expect(again).toEqual([]);
  });

  describe.skipIf(!nginxBinary)('leaves what the real nginx accepts', () => {
    test.each(cases.filter(({ options }) => options.get('real') !== 'no').map((one) => [one.title, one] as const))(
      '%s',
      async (_, one) => {
        const project = await projectOf(one);
        const before = forNginx(project);
        // Some start from a file that nginx refuses, which is why they are there.
        if (one.options.get('real') !== 'after') expect(askNginx(before.files, before.main).message).toBe('');
        const after = forNginx(apply(remedy, project, one));
        expect(askNginx(after.files, after.main).message).toBe('');
      },
    );
  });
});

describe('remedies that set directives keep to the ways of the file', () => {
  const body = `        # the application
        proxy_pass http://127.0.0.1:3000;  # behind the pass
        # the end
`;
  const site = (pass: string): string => `http {
    proxy_set_header Host $host;
    server {
        location / {
    ${pass.replaceAll('\n', '\n    ').trimEnd()}
        }
    }
}
`;
  const passRemedies = remedies.filter(({ id }) => ['proxy-timeouts', 'websocket', 'proxy-buffers'].includes(id));

  const make = async (text: string): Promise<{ one: FixtureCase; project: Project }> => {
    const cursor = text.indexOf('proxy_pass') + 3;
    const one: FixtureCase = {
      title: 'x',
      line: 0,
      files: [{ language: 'nginx', path: 'nginx.conf', text: `events {}\n${text}`, marks: [], cursor: cursor + 10 }],
      fixed: new Map(),
      options: new Map(),
    };
    return { one, project: await projectOf(one) };
  };

  const text = async (remedy: Remedy<unknown>, before: string): Promise<string> => {
    const { one, project } = await make(before);
    return apply(remedy, project, one).nginx('/project/nginx.conf')!.text.slice('events {}\n'.length);
  };

  test.each(passRemedies.map((remedy) => [remedy.id, remedy] as const))('%s', async (_, remedy) => {
    const plain = site(body);
    const done = await text(remedy, plain);
    expect(done).not.toBe(plain);
    // Comments stay where they are, and new lines stand at the indentation of the pass.
    expect(done).toContain('http://127.0.0.1:3000;  # behind the pass\n            proxy_');
    for (const comment of ['# the application', '# behind the pass', '# the end']) expect(done).toContain(comment);
    // Every line of before is still there, in order.
    const lines = done.split('\n');
    let at = 0;
    for (const line of plain.split('\n')) {
      at = lines.indexOf(line, at) + 1;
      expect(at, line).toBeGreaterThan(0);
    }
    // Tabs and CRLF.
    const tabs = (value: string): string => value.replace(/^(?: {4})+/gm, (indent) => '\t'.repeat(indent.length / 4));
    expect(await text(remedy, tabs(plain))).toBe(tabs(done));
    const crlf = (value: string): string => value.replaceAll('\n', '\r\n');
    expect(await text(remedy, crlf(plain))).toBe(crlf(done));
    // A block on one line stays on one.
    const line = await text(remedy, 'http { server { location / { proxy_pass http://127.0.0.1:3000; } } }\n');
    expect(line.split('\n').length).toBe(2);
    expect(line).toMatch(
      /^http \{ server \{ location \/ \{ proxy_pass http:\/\/127\.0\.0\.1:3000; proxy_.*; \} \} \}\n$/,
    );
    // No line end at the end, no space anywhere.
    expect(await text(remedy, 'http{server{location /{proxy_pass http://127.0.0.1:3000;}}}')).toMatch(/;\}\}\}$/);
  });
});
