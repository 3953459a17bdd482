/** Curves and other groups (`ssl_ecdh_curve`) that OpenSSL may know. */

const KNOWN = new Set(
  [
    ...[
      'prime192v1',
      'prime192v2',
      'prime192v3',
      'prime239v1',
      'prime239v2',
      'prime239v3',
      'prime256v1',
      'x25519',
      'x448',
    ],
    ...[
      'secp112r1',
      'secp112r2',
      'secp128r1',
      'secp128r2',
      'secp160k1',
      'secp160r1',
      'secp160r2',
      'secp192k1',
      'secp192r1',
    ],
    ...[
      'secp224k1',
      'secp224r1',
      'secp256k1',
      'secp256r1',
      'secp384r1',
      'secp521r1',
      'p-192',
      'p-224',
      'p-256',
      'p-384',
      'p-521',
    ],
    ...['k-163', 'k-233', 'k-283', 'k-409', 'k-571', 'b-163', 'b-233', 'b-283', 'b-409', 'b-571'],
    ...['ffdhe2048', 'ffdhe3072', 'ffdhe4096', 'ffdhe6144', 'ffdhe8192', 'auto', 'ed25519', 'ed448'],
  ].map((name) => name.toLowerCase()),
);

/** Families that builds, providers and later releases bring: post-quantum ones, and those of single countries. */
const FAMILIES =
  /^(?:sect|c2|wap-|brainpool|oakley|ipsec)|kem|kyber|frodo|bike|hqc|ntru|saber|sike|cecpq|gost|^gc\d|sm2|^p\d+_|^x\d+_/i;

/** Why OpenSSL refuses the list of groups; null where it takes it, or where that depends on the build. */
export function groupsProblem(list: string): string | null {
  // OpenSSL 3.5 knows more than names: "?X25519MLKEM768 / *X25519".
  if (list === 'auto' || /[?*/\- ]|DEFAULT/.test(list.replace(/\b[PKB]-(?=\d)/gi, ''))) return null;
  for (const name of list.split(':')) {
    if (name === '') return `a name is missing in "${list.slice(0, 60)}"`;
    if (!KNOWN.has(name.toLowerCase()) && !FAMILIES.test(name))
      return `OpenSSL knows no curve "${name.slice(0, 60)}": write X25519, prime256v1 or secp384r1, with ":" between them`;
  }
  return null;
}
