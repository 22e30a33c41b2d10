// The files that Oracle's command line and SDKs read: profiles with an API key and with a session, their keys, and the session's
// token. docs.oracle.com "SDK and CLI Configuration File".

import { join } from 'node:path';
import type { OciCredentials } from './credentials.ts';

/** By it a file is known again as one that may be written anew. */
export const configMark = '# Of a simulated tenancy: written by castellan sandbox.';

export interface ConfigFile {
  name: string;
  text: string;
}

/** All for one person; the paths in them are of the folder that they are going to be in. */
export function makeConfigFiles(oci: OciCredentials, login: string, folder: string): readonly ConfigFile[] {
  const key = oci.apiKeyOf(login);
  const session = oci.sessionOf(login);
  const names = { key: 'api_key.pem', sessionKey: 'session_key.pem', token: 'session_token' };
  const text = [
    configMark,
    ...['[DEFAULT]', `user=${key.user}`, `fingerprint=${key.fingerprint}`, `tenancy=${key.tenancy}`],
    ...[`region=${key.region}`, `key_file=${join(folder, names.key)}`],
    '',
    ...['[SESSION]', `fingerprint=${session.fingerprint}`, `tenancy=${session.tenancy}`, `region=${session.region}`],
    ...[`key_file=${join(folder, names.sessionKey)}`, `security_token_file=${join(folder, names.token)}`],
    '',
  ].join('\n');
  return [
    { name: names.key, text: key.privateKey },
    { name: names.sessionKey, text: session.privateKey },
    { name: names.token, text: session.token },
    { name: 'config', text },
  ];
}
