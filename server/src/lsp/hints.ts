/** What stands beside the lines of a configuration: where passes lead (inlay hints), and who leads here (lenses). */
import type { CodeLens, Connection, InlayHint, Location } from 'vscode-languageserver';
import { basename, type Finding, type Place, type Project, type Range, reachHints, useLenses } from '../core/index';
import { rangeOf } from './convert';
import { fileOf, uriOf } from './uris';

/** Hints for the directives that end within `range`. */
export function configHints(
  project: Project,
  uri: string,
  range: Range,
  findingsOf: (file: string) => readonly Finding[],
): InlayHint[] {
  const file = fileOf(uri);
  const lines = project.sources.get(file)?.lines;
  if (!lines) return [];
  const span = { start: lines.offset(range.start), end: lines.offset(range.end) };
  return reachHints(project, file, span, findingsOf).map(({ at, parts, full }) => ({
    position: lines.position(at),
    label: parts.map(({ text, place }) => ({
      value: text,
      ...(place ? { location: locationOf(project, place) } : {}),
    })),
    paddingLeft: true,
    ...(full === null ? {} : { tooltip: full }),
  }));
}

/** `command` is given the document, the position of the lens and the places that it tells of. */
export function configLenses(project: Project, uri: string, command: string): CodeLens[] {
  const file = fileOf(uri);
  const lines = project.sources.get(file)?.lines;
  if (!lines) return [];
  return useLenses(project, file).map(({ span, text, uses }) => {
    const { start } = lines.range(span);
    const places = uses.map((place) => locationOf(project, place));
    return {
      range: { start, end: start },
      // A title that leads nowhere is no link.
      command: { title: text, ...(places.length > 0 ? { command, arguments: [uri, start, places] } : { command: '' }) },
    };
  });
}

/** For clients that cannot show a list of places. */
export const SHOW_USES = 'upstreamMedic.uses';

/** Goes to the only place, or names them in a message; returns them. */
export async function showUses(connection: Connection, uses: unknown, showsDocuments: boolean): Promise<Location[]> {
  const places = Array.isArray(uses) ? (uses as Location[]) : [];
  const [only, ...others] = places;
  if (only && others.length === 0 && showsDocuments) {
    await connection.window.showDocument({ uri: only.uri, takeFocus: true, selection: only.range });
  } else if (only) {
    const names = places.map(({ uri, range }) => `${basename(fileOf(uri))}:${range.start.line + 1}`);
    connection.window.showInformationMessage(`Used at ${names.join(', ')}.`);
  }
  return places;
}

function locationOf(project: Project, place: Place): Location {
  return { uri: uriOf(place.file), range: rangeOf(project, place) };
}
