/** Placeholder until the checks are here. */
import type { Context, Signature } from '../../catalogue';
import type { Directive } from '../../tree';
import type { Wrong } from '../values';

export function checkParameters(
  _directive: Directive,
  _signature: Signature,
  _setting: { context: Context; version: string | null },
): Wrong | null {
  return null;
}

export function checkDataLine(_block: Directive, _line: Directive): Wrong | null {
  return null;
}
