/** The version in package.json, which the bundle carries. */

export function version(): string {
  // An import would pull package.json into the type check, from outside the server's root folder.
  return (require('../../../../package.json') as { version: string }).version;
}
