/** `ssl_conf_command`: the commands of OpenSSL's SSL_CONF_cmd(), and the values that every release judges alike. */
import { closest } from '../../../text/spelling';
import { cipherProblem, suitesProblem } from './ciphers';
import { groupsProblem } from './groups';

const COMMANDS = [
  ...['SignatureAlgorithms', 'ClientSignatureAlgorithms', 'Curves', 'Groups', 'ECDHParameters', 'CipherString'],
  ...['Ciphersuites', 'Protocol', 'MinProtocol', 'MaxProtocol', 'Options', 'VerifyMode', 'Certificate', 'PrivateKey'],
  ...['ServerInfoFile', 'ChainCAPath', 'ChainCAFile', 'ChainCAStore', 'VerifyCAPath', 'VerifyCAFile', 'VerifyCAStore'],
  ...['RequestCAFile', 'ClientCAFile', 'RequestCAPath', 'ClientCAPath', 'RequestCAStore', 'ClientCAStore'],
  ...['DHParameters', 'RecordPadding', 'NumTickets'],
];

const VERSIONS = ['None', 'SSLv3', 'TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3', 'DTLSv1', 'DTLSv1.2'];

/** Words of lists, each with a "+" or "-" before it or not. */
const WORDS: Readonly<Record<string, readonly string[]>> = {
  protocol: ['ALL', 'SSLv2', ...VERSIONS.slice(1)],
  options: [
    ...['SessionTicket', 'EmptyFragments', 'Bugs', 'Compression', 'ServerPreference', 'NoResumptionOnRenegotiation'],
    ...['DHSingle', 'ECDHSingle', 'UnsafeLegacyRenegotiation', 'UnsafeLegacyServerConnect', 'ClientRenegotiation'],
    ...['EncryptThenMac', 'NoRenegotiation', 'AllowNoDHEKEX', 'PreferNoDHEKEX', 'PrioritizeChaCha', 'MiddleboxCompat'],
    ...['AntiReplay', 'ExtendedMasterSecret', 'CANames', 'KTLS', 'KTLSTxZerocopySendfile', 'StrictCertCheck'],
    ...['TxCertificateCompression', 'RxCertificateCompression', 'IgnoreUnexpectedEOF', 'RHNoEnforceEMSinFIPS'],
  ],
  verifymode: ['Peer', 'Request', 'Require', 'Once', 'RequestPostHandshake', 'RequirePostHandshake'],
};

/** Why OpenSSL refuses the command or its value. */
export function commandProblem(command: string, value: string): string | null {
  const name = command.toLowerCase();
  if (!COMMANDS.some((known) => known.toLowerCase() === name)) {
    const meant = closest(command, COMMANDS);
    return `OpenSSL knows no command "${command.slice(0, 60)}"${meant ? `: is ${meant} meant?` : ', such as Options, MinProtocol or Ciphersuites'}`;
  }
  const words = Object.hasOwn(WORDS, name) ? WORDS[name]! : null;
  if (words) {
    for (const word of value.split(',')) {
      const bare = word.trim().replace(/^[+-]/, '');
      if (words.some((known) => known.toLowerCase() === bare.toLowerCase())) continue;
      const meant = closest(bare, words);
      return `"${bare.slice(0, 60)}" is no word for ${command}${meant ? `: is ${meant} meant?` : ''}`;
    }
    return null;
  }
  switch (name) {
    case 'minprotocol':
    case 'maxprotocol':
      return VERSIONS.includes(value) ? null : `"${value.slice(0, 60)}" is no protocol: write TLSv1.2 or TLSv1.3`;
    case 'cipherstring':
      return cipherProblem(value);
    case 'ciphersuites':
      return suitesProblem(value);
    case 'curves':
    case 'groups':
      return groupsProblem(value);
    default:
      return null;
  }
}
