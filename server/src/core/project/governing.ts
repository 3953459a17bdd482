/** What governs a block of a configuration: its own directives, else those of the block around it. */
import { directly, NO_CHILDREN } from './children';
import type { At, Children, Project } from './project';
import type { Instance } from './references';

export type Outer = 'http' | 'stream' | 'mail';

const mail = new WeakMap<Instance, Children>();

/** Directives directly in the `http`, `stream` or `mail` block, by name, in the order nginx reads them. */
export function insideOf(project: Project, instance: Instance, outer: Outer): Children {
  if (outer !== 'mail') return instance.inside(outer);
  let found = mail.get(instance);
  if (!found) {
    const { file } = instance.root;
    const top = project.children(file, null);
    const block = top.get('mail')?.[0];
    found = project.contexts(file).includes('mail')
      ? top
      : block
        ? project.children(block.file, block.directive)
        : NO_CHILDREN;
    mail.set(instance, found);
  }
  return found;
}

/** The `server` blocks, in the order nginx reads them. */
export function serverBlocks(project: Project, instance: Instance, outer: Outer): readonly At[] {
  return (insideOf(project, instance, outer).get('server') ?? []).filter(({ directive }) => directive.block !== null);
}

/** The directives called `name` that govern a `server` block: its own, else those of the block around it. */
export function governing(project: Project, instance: Instance, outer: Outer, server: At, name: string): readonly At[] {
  const own = directly(project, server, name);
  return own.length > 0 ? own : (insideOf(project, instance, outer).get(name) ?? []);
}

/** First argument of the last of them, in small letters; null where there is none or a template decides. */
export function valueIn(found: readonly At[]): string | null {
  const word = found[found.length - 1]?.directive.args[0];
  return word && !word.template ? word.value.toLowerCase() : null;
}
