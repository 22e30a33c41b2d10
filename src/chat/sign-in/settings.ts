// Settings of the client: how it is known where it signs in.

import { z } from 'zod';
import { type CheckTogether, defineSettings, type Settings } from '../../core/settings.ts';

const word = z.string().regex(/^[\x21-\x7e]+$/, { error: 'is empty or holds blanks or characters beyond ASCII' });

function isSecureUrl(text: string): boolean {
  return URL.canParse(text) && new URL(text).protocol === 'https:' && new URL(text).username === '';
}

export const clientSettings = defineSettings({
  clientId: {
    schema: word,
    description:
      'Client id with which Castellan signs in at the authorization server of an MCP server, where it is registered there. By default it registers itself.',
    env: ['CASTELLAN_LOGIN_CLIENT_ID'],
    flag: 'client-id',
  },
  clientSecret: {
    schema: word,
    description: 'The secret of that client, where it has one. Needs the issuer as well, and goes to no other.',
    env: ['CASTELLAN_LOGIN_CLIENT_SECRET'],
    secret: true,
  },
  issuer: {
    schema: z.string().refine((text) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol), {
      error: 'is not an address such as https://login.acme.com',
    }),
    description:
      'The authorization server at which that client is registered, as it calls itself; a sign-in at another is refused.',
    env: ['CASTELLAN_LOGIN_ISSUER'],
    flag: 'issuer',
  },
  clientMetadataUrl: {
    schema: z.string().refine((text) => isSecureUrl(text) && new URL(text).pathname !== '/', {
      error: 'is not an https address with a path, such as https://acme.com/castellan.json',
    }),
    description:
      'Address of a client ID metadata document that describes this client (redirect URI http://127.0.0.1/callback), for authorization servers that take it in the place of registration.',
    env: ['CASTELLAN_LOGIN_CLIENT_METADATA_URL'],
    flag: 'client-metadata-url',
  },
});

/** A secret goes where it belongs, or nowhere: the authorization server is named by a server that may be anybody's. */
export const checkClient: CheckTogether<Settings> = ({ isSet, whereOf }) => {
  const needs = (name: string, other: string) =>
    isSet(name) && !isSet(other)
      ? [{ where: whereOf(other), problem: 'is missing', todo: String(clientSettings[other as 'issuer'].description) }]
      : [];
  return [...needs('clientSecret', 'clientId'), ...needs('clientSecret', 'issuer')];
};
