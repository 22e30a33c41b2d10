// How MCP clients make themselves known at a server: dynamic registration (RFC 7591), open to anybody, and documents at their ids.

import { type Answer, type Call, json } from '../answer.ts';
import { randomText } from '../oidc/kept.ts';
import { noStore, OidcProblem } from '../oidc/problem.ts';
import type { ScalekitClient, ScalekitEnvironment, ScalekitServer } from './environment.ts';
import { nextClientId } from './environment.ts';

const grantTypes: readonly string[] = ['authorization_code', 'refresh_token', 'client_credentials'];
const authMethods: readonly string[] = ['none', 'client_secret_basic', 'client_secret_post'];

type Metadata = Readonly<Record<string, unknown>>;

/** @throws OidcProblem */
export function answerRegister(
  environment: ScalekitEnvironment,
  server: ScalekitServer,
  call: Call,
  now: number,
): Answer {
  if (!server.registersClients)
    throw new OidcProblem('access_denied', 'Dynamic client registration is not allowed for this resource.', 403);
  const given = readMetadata(call.body);
  const method = given.token_endpoint_auth_method ?? 'client_secret_basic';
  if (typeof method !== 'string' || !authMethods.includes(method)) throw invalid('token_endpoint_auth_method');
  const client: ScalekitClient = {
    ...readClient(nextClientId(environment.clients.size), given),
    serverId: server.id,
    ...(method !== 'none' && { secret: randomText() }),
  };
  environment.clients.set(client.id, client);
  const answer = {
    client_id: client.id,
    client_id_issued_at: Math.floor(now / 1000),
    client_name: client.name,
    redirect_uris: client.redirectUris,
    grant_types: client.grants,
    response_types: ['code'],
    token_endpoint_auth_method: method,
    scope: server.scopes.join(' '),
    ...(client.secret !== undefined && { client_secret: client.secret, client_secret_expires_at: 0 }),
  };
  return json(answer, noStore, 201);
}

function readMetadata(body: string): Metadata {
  try {
    const value: unknown = JSON.parse(body);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Metadata;
  } catch {
    // Told below.
  }
  throw new OidcProblem('invalid_client_metadata', 'The body must be a JSON object.');
}

const invalid = (name: string) => new OidcProblem('invalid_client_metadata', `Invalid value for ${name}.`);

/** Without a secret and a server. @throws OidcProblem */
function readClient(id: string, given: Metadata): Omit<ScalekitClient, 'serverId'> {
  const { redirect_uris: uris, client_name: name = id, grant_types: grants = ['authorization_code'] } = given;
  if (!isTexts(uris) || uris.length === 0 || uris.length > 20 || !uris.every(isAddress))
    throw new OidcProblem('invalid_redirect_uri', 'redirect_uris must name addresses by https or of this machine.');
  if (typeof name !== 'string' || name.length > 200) throw invalid('client_name');
  if (!isTexts(grants) || !grants.every((grant) => grantTypes.includes(grant))) throw invalid('grant_types');
  return { id, name, grants, redirectUris: uris, logoutUris: [], asksConsent: true };
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

/** RFC 8252 §7: by https, of this machine, or of a scheme of the application's own. */
function isAddress(uri: string): boolean {
  const url = URL.parse(uri);
  if (!url || uri.includes('#')) return false;
  if (url.protocol === 'http:') return isThisMachine(url);
  return !['javascript:', 'data:', 'file:', 'blob:', 'vbscript:', 'about:'].includes(url.protocol);
}

const isThisMachine = ({ hostname }: URL) => ['127.0.0.1', 'localhost', '[::1]'].includes(hostname);

const largestDocument = 65_536;

/**
 * The client that a document describes (draft-ietf-oauth-client-id-metadata-document). By http only from this machine, where
 * tests have theirs.
 * @throws OidcProblem invalid_client
 */
export async function fetchClient(id: string, fetchDocument: typeof fetch): Promise<ScalekitClient | undefined> {
  const url = URL.parse(id);
  if (!url || url.pathname === '/' || url.hash !== '' || url.username !== '' || url.password !== '') return undefined;
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isThisMachine(url))) return undefined;
  const refused = (why: string) => new OidcProblem('invalid_client', `The client's metadata document ${why}.`);
  const text = await readDocument(url, fetchDocument);
  if (text === undefined) throw refused('cannot be fetched');
  const given = readMetadata(text);
  if (given.client_id !== id) throw refused('is of another client_id');
  const { token_endpoint_auth_method: method = 'none' } = given;
  if (method !== 'none' || 'client_secret' in given) throw refused('may have no secret');
  return { ...readClient(id, given), serverId: undefined };
}

async function readDocument(url: URL, fetchDocument: typeof fetch): Promise<string | undefined> {
  try {
    const signal = AbortSignal.timeout(5000);
    const response = await fetchDocument(url, { redirect: 'error', signal, headers: { accept: 'application/json' } });
    const text = await response.text();
    return response.ok && text.length <= largestDocument ? text : undefined;
  } catch {
    return undefined;
  }
}
