/** The version in package.json, which is all of it that the bundle carries. */
import { version as written } from '../../../../package.json';

export function version(): string {
  return written;
}
