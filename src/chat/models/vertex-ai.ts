// Google Vertex AI: Gemini with a service account (https://cloud.google.com/vertex-ai/generative-ai/docs/reference/rest).

import { createPrivateKey } from 'node:crypto';
import { createGoogleVertex } from '@ai-sdk/google-vertex';
import { asObject } from '../../core/settings.ts';
import { type ModelAccess, type ModelProvider, missing } from './provider.ts';

/** Where a service account's assertion becomes an access token (RFC 7523). */
const tokenOrigin = 'https://oauth2.googleapis.com';

interface ServiceAccount {
  readonly client_email: string;
  readonly private_key: string;
  readonly project_id?: string;
}

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
    if (values.vertexProject ?? account.project_id) return [];
    return [missing('VERTEX_AI_PROJECT', 'Set it to the Google Cloud project; the key file names none.')];
  },
  modelOf: ({ vertexModel }) => vertexModel,
  originsOf: ({ vertexLocation }) => [`https://${hostOf(vertexLocation)}`, tokenOrigin],
  secretsOf(values, readFile) {
    const account = readAccount(values.vertexFile ?? '', readFile);
    return typeof account === 'string' ? [] : [account.private_key];
  },
  open(values, model, { fetch, headers, readFile }) {
    const account = readAccount(values.vertexFile ?? '', readFile);
    if (typeof account === 'string') throw new TypeError('opened without being checked');
    const provider = createGoogleVertex({
      // Said to be none, or a variable that happens to be set would take the account's place.
      apiKey: '',
      project: values.vertexProject ?? account.project_id ?? '',
      location: values.vertexLocation,
      headers: { ...headers },
      fetch,
      googleAuthOptions: {
        credentials: { client_email: account.client_email, private_key: account.private_key },
        clientOptions: { transporterOptions: { fetchImplementation: fetch } },
      },
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
  const { client_email, private_key, project_id } = content;
  if (typeof client_email !== 'string' || typeof private_key !== 'string') return 'has no client_email and private_key';
  try {
    createPrivateKey(private_key);
  } catch {
    return 'has a private_key that is none';
  }
  return { client_email, private_key, ...(typeof project_id === 'string' && { project_id }) };
}
