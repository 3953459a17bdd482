/** What the build puts into bundles: see scripts/reference.ts. */
declare module 'virtual:nginx-reference' {
  const json: string;
  export default json;
}

declare module '*/package.json' {
  export const version: string;
}
