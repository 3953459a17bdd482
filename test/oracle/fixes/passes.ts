/** The remedies that start from a pass, so that each can be tried at every pass there is. */
import type { Edit, Project } from '../../../server/src/core';
import { type Pass, passesOf } from '../../../server/src/core/project/links';
import bodySize from '../../../server/src/core/remedies/body-size';
import failover from '../../../server/src/core/remedies/failover';
import buffers from '../../../server/src/core/remedies/proxy-buffers';
import timeouts from '../../../server/src/core/remedies/proxy-timeouts';
import resolver from '../../../server/src/core/remedies/resolver';
import keepalive from '../../../server/src/core/remedies/upstream-keepalive';
import plain from '../../../server/src/core/remedies/upstream-plain';
import sni from '../../../server/src/core/remedies/upstream-sni';
import external from '../../../server/src/core/remedies/upstream-tls-external';
import internal from '../../../server/src/core/remedies/upstream-tls-internal';
import protocols from '../../../server/src/core/remedies/upstream-tls-protocols';
import websocket from '../../../server/src/core/remedies/websocket';

/** All passes of a project that is no stream: an edit moves them, but does not change their order. */
export function passesIn(project: Project): readonly Pass[] {
  return project.nginxSources
    .flatMap((source) => [...passesOf(project, source)])
    .filter(({ target, at }) => target.scheme !== 'tcp' && !at.directive.name.template);
}

interface PassRemedy {
  readonly title: string;
  edits(project: Project, index: number): readonly Edit[];
}

function remedy(
  title: string,
  isFor: (pass: Pass) => boolean,
  edits: (project: Project, pass: Pass) => readonly Edit[],
) {
  return {
    title,
    edits: (project: Project, index: number): readonly Edit[] => {
      const pass = passesIn(project)[index]!;
      return isFor(pass) ? edits(project, pass) : [];
    },
  };
}

const any = (): boolean => true;
const isGroup = ({ endpoints }: Pass): boolean => endpoints.length > 1;
const isTls = ({ target }: Pass): boolean => target.tls;

export const PASS_REMEDIES: readonly PassRemedy[] = [
  remedy('body-size', any, (project, pass) => bodySize.edits(project, { pass, bytes: 5_000_000 })),
  remedy('failover', isGroup, (project, pass) => failover.edits(project, { pass })),
  remedy('proxy-buffers', any, (project, pass) => buffers.edits(project, { pass })),
  remedy('proxy-timeouts', any, (project, pass) => timeouts.edits(project, { pass })),
  remedy('proxy-timeouts, read', any, (project, pass) => timeouts.edits(project, { pass, expired: 'read' })),
  remedy('proxy-timeouts, send', any, (project, pass) => timeouts.edits(project, { pass, expired: 'send' })),
  remedy('resolver', any, (project, pass) => resolver.edits(project, { pass })),
  remedy('upstream-keepalive', any, (project, pass) => keepalive.edits(project, { pass })),
  remedy('upstream-plain', isTls, (project, pass) => plain.edits(project, { pass })),
  remedy('upstream-sni', isTls, (project, pass) => sni.edits(project, { pass })),
  remedy('upstream-tls-external', isTls, (project, pass) => external.edits(project, { pass })),
  remedy('upstream-tls-internal', isTls, (project, pass) => internal.edits(project, { pass })),
  remedy('upstream-tls-protocols', isTls, (project, pass) => protocols.edits(project, { pass })),
  remedy('websocket', any, (project, pass) => websocket.edits(project, { pass })),
];
