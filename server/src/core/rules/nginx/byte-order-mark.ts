/** Flags a byte order mark at the start of a file. */
import { syntaxRule } from '../syntax';

export default syntaxRule(
  'byte-order-mark',
  'The file starts with a byte order mark',
  `Some Windows editors write three invisible bytes at the start of a file. nginx takes them for part of the first word and says \`unknown directive\`.`,
);
