/** URIs to the file names of core and back: `file:` URIs are paths there, all others stay URIs. */
import { URI } from 'vscode-uri';

export function fileOf(uri: string): string {
  const parsed = URI.parse(uri);
  if (parsed.scheme !== 'file' || parsed.authority !== '') return uri;
  // On Windows /c%3A/nginx becomes c:/nginx.
  return parsed.path.replace(/^\/([A-Za-z]:)/, '$1');
}

export function uriOf(file: string): string {
  return file.startsWith('/') || /^[A-Za-z]:\//.test(file) ? URI.file(file).toString() : file;
}
