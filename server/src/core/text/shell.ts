/** Values from files and logs inside commands that a person may copy: always one word, never a command. */

/** `value` as one word of a POSIX shell. Control characters are dropped, because a pasted line end would run the command. */
export function shellWord(value: string): string {
  const clean = value.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, '');
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(clean) && !clean.startsWith('-')
    ? clean
    : `'${clean.replaceAll("'", `'\\''`)}'`;
}
