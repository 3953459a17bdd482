import { describe, expect, test } from 'vitest';
import { cipherProblem } from '../../../../server/src/core/nginx/judge/tls/ciphers';
import { commandProblem } from '../../../../server/src/core/nginx/judge/tls/commands';
import { groupsProblem } from '../../../../server/src/core/nginx/judge/tls/groups';

describe('ciphers', () => {
  test.each([
    ['!aNULL:!MD5', 'adds none'],
    ['high', 'is HIGH meant?'],
    ['', 'it is empty'],
    [
      'ECDHE-RSA-AES128-GCM-SHA265',
      'OpenSSL knows no cipher "ECDHE-RSA-AES128-GCM-SHA265": is ECDHE-RSA-AES128-GCM-SHA256 meant?',
    ],
    ['HIGH+FOO', 'OpenSSL knows no cipher'],
    ['TLS_AES_128_GCM_SHA256', 'write ssl_conf_command Ciphersuites'],
    ['HIGH:@SECLEVEL=9', 'is no command'],
    ['HIGH|LOW', '"|" cannot stand'],
    ['HIGH:!ALL', 'takes away all'],
  ])('%s is refused', (list, expected) => expect(cipherProblem(list)).toContain(expected));

  test.each([
    ...[
      'HIGH:!aNULL:!MD5',
      'FOO:HIGH',
      'ECDHE+AESGCM:DHE+CHACHA20',
      'DEFAULT',
      'DEFAULT!aNULL',
      'DEFAULT:@SECLEVEL=0',
      'HIGH, MEDIUM',
    ],
    ...[
      'PROFILE=SYSTEM',
      '[ECDHE-RSA-AES128-GCM-SHA256|ECDHE-RSA-CHACHA20-POLY1305]',
      'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256',
      'SUITEB128',
    ],
    ...['@STRENGTH:ALL', 'RC4-SHA', '-ALL:HIGH', 'eNULL:!ALL'],
  ])('%s is taken', (list) => expect(cipherProblem(list)).toBeNull());
});

describe('curves', () => {
  test.each(['foo', 'X25519:foo', 'prime256v1:', 'secp256'])('%s is refused', (list) =>
    expect(groupsProblem(list)).not.toBeNull(),
  );
  test.each([
    ...[
      'auto',
      'X25519:prime256v1:secp384r1',
      'P-256',
      'x25519',
      'X25519MLKEM768:X25519',
      '?X25519MLKEM768 / *X25519',
      'ffdhe2048',
    ],
    ...['brainpoolP256r1tls13', 'p256_kyber768', 'GC256A'],
  ])('%s is taken', (list) => expect(groupsProblem(list)).toBeNull());
});

describe('commands', () => {
  test.each([
    ['Foo', 'bar'],
    ['Option', 'KTLS'],
    ['Options', 'Foo'],
    ['MinProtocol', 'TLSv1.9'],
    ['MaxProtocol', 'tlsv1.2'],
    ['Protocol', '-ALL,TLSv1.4'],
    ['Ciphersuites', 'TLS_FOO'],
    ['CipherString', 'foo'],
    ['Groups', 'foo'],
  ])('%s %s is refused', (command, value) => expect(commandProblem(command, value)).not.toBeNull());
  test.each([
    ['options', '-SessionTicket,PrioritizeChaCha'],
    ['MinProtocol', 'None'],
    ['Ciphersuites', 'TLS_FOO:TLS_AES_256_GCM_SHA384'],
    ['Ciphersuites', ''],
    ['SignatureAlgorithms', 'anything'],
    ['NumTickets', '2'],
  ])('%s %s is taken', (command, value) => expect(commandProblem(command, value)).toBeNull());
});
