// Google Vertex AI: Gemini with a service account (https://cloud.google.com/vertex-ai/generative-ai/docs/reference/rest).

import { createPrivateKey } from 'node:crypto';
import { createGoogleVertex, type GoogleVertexProviderSettings } from '@ai-sdk/google-vertex';
import { asObject } from '../../core/settings.ts';
import { type ModelAccess, type ModelProvider, missing } from './provider.ts';
import { createTokens, type ServiceAccount, tokenAddress } from './vertex-token.ts';

type AuthClient = NonNullable<NonNullable<GoogleVertexProviderSettings['googleAuthOptions']>['authClient']>;

export const vertexAi: ModelProvider = {
  title: 'Vertex AI',
  modelSetting: 'VERTEX_AI_REASONING_MODEL',
  keySetting: 'VERTEX_AI_SERVICE_ACCOUNT_FILE',
  check(values, readFile) {
    const where = 'VERTEX_AI_SERVICE_ACCOUNT_FILE';
    const todo = 'Set it to the key file of a service account with the role Vertex AI User (JSON).';
    if (values.vertexFile === undefined) return [missing(where, todo)];
    const account = readAccount(values.vertexFile, readFile);
    if (typeof account === 'string') return [{ where, problem: account, todo }];
    if (values.vertexProject ?? account.project) return [];
    return [missing('VERTEX_AI_PROJECT', 'Set it to the Google Cloud project; the key file names none.')];
  },
  modelOf: ({ vertexModel }) => vertexModel,
  originsOf: ({ vertexLocation }) => [`https://${hostOf(vertexLocation)}`, new URL(tokenAddress).origin],
  secretsOf(values, readFile) {
    const account = readAccount(values.vertexFile ?? '', readFile);
    return typeof account === 'string' ? [] : [account.key];
  },
  open(values, model, { fetch, headers, readFile, now }) {
    const account = readAccount(values.vertexFile ?? '', readFile);
    if (typeof account === 'string') throw new TypeError('opened without being checked');
    const token = createTokens(account, fetch, now);
    // All that is asked of one. Google's own goes its own way to the network, and trusts nobody else's authority there.
    const authClient: Pick<AuthClient, 'getAccessToken'> = { getAccessToken: async () => ({ token: await token() }) };
    const provider = createGoogleVertex({
      // Said to be none, or a variable that happens to be set would take the account's place.
      apiKey: '',
      project: values.vertexProject ?? account.project ?? '',
      location: values.vertexLocation,
      headers: { ...headers },
      fetch,
      googleAuthOptions: { authClient: authClient as unknown as AuthClient },
    });
    return provider(model);
  },
};

/** https://cloud.google.com/vertex-ai/docs/reference/rest#rest_endpoints */
function hostOf(location: string): string {
  if (location === 'global') return 'aiplatform.googleapis.com';
  if (location === 'eu' || location === 'us') return `aiplatform.${location}.rep.googleapis.com`;
  return `${location}-aiplatform.googleapis.com`;
}

/** @returns the account, or what is wrong with the file */
function readAccount(path: string, readFile: ModelAccess['readFile']): ServiceAccount | string {
  let content: Record<string, unknown> | undefined;
  try {
    content = asObject(JSON.parse(readFile(path)));
  } catch (error) {
    return error instanceof SyntaxError ? 'is no JSON' : 'cannot be read';
  }
  if (content?.type !== 'service_account') return 'is no key file of a service account (its type is another)';
  const { client_email: email, private_key: key, private_key_id: keyId, project_id: project } = content;
  if (typeof email !== 'string' || typeof key !== 'string') return 'has no client_email and private_key';
  try {
    createPrivateKey(key);
  } catch {
    return 'has a private_key that is none';
  }
  return {
    email,
    key,
    keyId: typeof keyId === 'string' ? keyId : undefined,
    project: typeof project === 'string' ? project : undefined,
  };
}
