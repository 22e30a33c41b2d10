// An authorization server that is asked for its keys and nothing else, and a token of it.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';

export interface SignIn {
  /** Flags of `castellan serve --http` that make it take the token. */
  readonly flags: readonly string[];
  readonly token: string;
  readonly issuer: string;
  readonly audience: string;
  readonly close: () => void;
}

const audience = 'https://mcp.example.com/mcp';

export async function openSignIn(): Promise<SignIn> {
  const { publicKey, privateKey } = await generateKeyPair('RS256');
  const keys = [{ ...(await exportJWK(publicKey)), kid: 'bench', alg: 'RS256', use: 'sig' }];
  const server = createServer((request, response) => {
    const isMetadata = request.url?.startsWith('/.well-known/') === true;
    const answer = isMetadata ? { issuer, jwks_uri: `${issuer}/jwks` } : { keys };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  const issuer = `http://localhost:${(server.address() as AddressInfo).port}`;
  const token = await new SignJWT({ client_id: 'bench', scope: 'castellan:read' })
    .setProtectedHeader({ alg: 'RS256', typ: 'at+jwt', kid: 'bench' })
    .setIssuer(issuer)
    .setAudience(audience)
    .setSubject('person-1')
    .setIssuedAt()
    .setExpirationTime('2h')
    .sign(privateKey);
  return {
    flags: ['--auth-issuer', issuer, '--public-url', audience],
    token,
    issuer,
    audience,
    close: () => void server.close(),
  };
}
