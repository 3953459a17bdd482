/** A Dockerfile as far as it tells what is in the image: its last stage, what is copied into it, which ports it names. */
export interface Dockerfile {
  /** Image of the last stage, stages of the file resolved; null where a variable decides. */
  readonly image: string | null;
  readonly copies: readonly { readonly from: string; readonly to: string }[];
  readonly exposed: readonly number[];
  /** It says itself what is started. */
  readonly starts: boolean;
  /** What is started, as written; empty where the image below decides. */
  readonly command: string;
  /** Who starts it, as far as its last stage says so. */
  readonly user: string | null;
  /** A port may be named in it that `exposed` does not hold. */
  readonly text: string;
}

/** Each nginx file is looked for among them. */
const MOST_COPIES = 500;

export function readDockerfile(text: string): Dockerfile {
  const images = new Map<string, string>();
  let image: string | null = null;
  let copies: { from: string; to: string }[] = [];
  let exposed: number[] = [];
  let starts = false;
  let command = '';
  let user: string | null = null;
  let workdir = '/';
  for (const line of logicalLines(text)) {
    const [, name = '', rest = ''] = /^\s*([A-Za-z]{2,12})\s+(.*)$/s.exec(line) ?? [];
    const words = rest
      .trim()
      .split(/\s+/)
      .filter((word) => !word.startsWith('--'));
    switch (name.toUpperCase()) {
      case 'FROM': {
        const [from = '', as, stage] = words;
        image = from.includes('$') ? null : (images.get(from.toLowerCase()) ?? from);
        if (as?.toLowerCase() === 'as' && stage && image) images.set(stage.toLowerCase(), image);
        copies = [];
        exposed = [];
        starts = false;
        command = '';
        user = null;
        workdir = '/';
        break;
      }
      case 'USER':
        user = words[0] ?? null;
        break;
      case 'WORKDIR':
        workdir = words[0] ?? workdir;
        break;
      case 'COPY':
      case 'ADD': {
        if (/--from=/.test(rest) || rest.includes('<<') || rest.includes('$')) break;
        const list = rest.trim().startsWith('[')
          ? (rest.match(/"[^"]*"/g) ?? []).map((word) => word.slice(1, -1))
          : words;
        const to = list[list.length - 1];
        if (to === undefined || list.length < 2) break;
        const target = to.startsWith('/') ? to : `${workdir}/${to}`;
        for (const from of list.slice(0, -1)) if (copies.length < MOST_COPIES) copies.push({ from, to: target });
        break;
      }
      case 'EXPOSE':
        for (const word of words) if (/^\d{1,5}(?:\/tcp)?$/.test(word)) exposed.push(Number.parseInt(word, 10));
        break;
      case 'CMD':
      case 'ENTRYPOINT':
        starts = true;
        command += ` ${rest.trim().startsWith('[') ? (rest.match(/"[^"]*"/g) ?? []).map((word) => word.slice(1, -1)).join(' ') : rest}`;
        break;
    }
  }
  return { image, copies, exposed, starts, command: command.trim(), user, text };
}

/** Instructions with their continued lines joined; comments left out. */
function* logicalLines(text: string): Generator<string> {
  let parts: string[] = [];
  for (const line of text.split(/\r?\n/)) {
    if (/^\s*#/.test(line)) continue;
    const trimmed = line.trimEnd();
    if (trimmed.endsWith('\\')) parts.push(trimmed.slice(0, -1));
    else {
      yield [...parts, trimmed].join(' ');
      parts = [];
    }
  }
  if (parts.length > 0) yield parts.join(' ');
}
