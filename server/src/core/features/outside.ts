/** Takes what was found inside of a dump of `nginx -T` to its place in the dump, the only file that anybody outside knows. */
import { dumpAround, inside } from '../project/inside';
import type { Project } from '../project/project';
import { serverName as nameOf } from '../project/request';
import type { Fix } from '../remedies/remedy';
import { dirname, resolve } from '../text/path';

export interface Outward {
  place<T extends { readonly file?: string | undefined }>(place: T): T;
  fix(fix: Fix): Fix;
}

/** For places and fixes of `view`, a project inside of `project`; null where both are the same. */
export function outward(project: Project, view: Project): Outward | null {
  const dump = dumpAround(project, view);
  if (!dump) return null;
  const place: Outward['place'] = (each) =>
    each.file !== undefined && view.nginx(each.file) ? { ...each, file: dump.file } : each;
  return {
    place,
    fix: (fix) => ({
      ...fix,
      edits: () =>
        fix
          .edits()
          // A new file lies below the dump's folder as it would lie on the host of the dump.
          .map((edit) =>
            edit.create ? { ...edit, file: resolve(dirname(dump.file), `./${edit.file}`) } : place(edit),
          ),
    }),
  };
}

/** The first name of the server block that starts at `offset`; null where it has none, or is no server block. */
export function serverName(project: Project, file: string, offset: number): string | null {
  const at = inside(project, file, offset);
  return nameOf(at.project, at.file, offset);
}
