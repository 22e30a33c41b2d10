// An organization that is asked with OAuth, as the tests of the credentials use it.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CastellanError } from '../../../src/core/errors.ts';
import { Secret } from '../../../src/core/secret.ts';
import { loadDefaults } from '../../../src/core/settings.ts';
import {
  type CredentialDependencies,
  type OktaCredential,
  openOktaCredential,
} from '../../../src/platforms/okta/credential.ts';
import { credentialSettings } from '../../../src/platforms/okta/credential-settings.ts';
import { createMemoryStore } from '../../../src/stores/memory.ts';
import { createVault } from '../../../src/stores/vault.ts';
import { openTokenServer, type TokenServer, type TokenServerOptions } from '../../support/token-server.ts';

type Settings = Parameters<typeof openOktaCredential>[1];

export interface Bench {
  readonly server: TokenServer;
  readonly folder: string;
  readonly said: string[];
  readonly deps: CredentialDependencies & { readonly vault: ReturnType<typeof createVault> };
  readonly open: (settings: Partial<Settings>, deps?: Partial<CredentialDependencies>) => OktaCredential;
  readonly close: () => Promise<void>;
}

export async function openBench(options: TokenServerOptions = {}): Promise<Bench> {
  const server = await openTokenServer(options);
  const folder = mkdtempSync(join(tmpdir(), 'castellan-credential-'));
  const said: string[] = [];
  const noKeyring = () => Promise.reject(new Error('there is none'));
  const deps = {
    fetch,
    now: Date.now,
    userAgent: 'castellan-test',
    store: createMemoryStore(Date.now),
    vault: createVault({ folder, say: (text) => said.push(text), openKeyring: noKeyring }),
  };
  return {
    server,
    folder,
    said,
    deps,
    open: (settings, changes = {}) => {
      const base = { ...loadDefaults(credentialSettings), orgUrl: server.origin, scopes: ['okta.users.read'] };
      return openOktaCredential('acme', { ...base, ...settings }, { ...deps, ...changes });
    },
    async close() {
      await server.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export const secret = (text: string) => new Secret(text);

export const soon = () => AbortSignal.timeout(8_000);

/** Sends a request with the credential, as the upstream does: once more where a refusal brings a new one. */
export async function send(credential: OktaCredential, path: string, method = 'GET'): Promise<Response> {
  const url = new URL(path);
  const ask = async () => {
    const headers = await credential.prove({ method, url, signal: soon() });
    return { headers, response: await fetch(url, { method, headers }) };
  };
  const first = await ask();
  if (first.response.status !== 401) return first.response;
  const again = credential.prove.rejected?.(first.headers, first.response);
  return again ? (await ask()).response : first.response;
}

export async function failureOf(promise: Promise<unknown>): Promise<CastellanError> {
  const thrown: unknown = await promise.then(
    () => new Error('it did not fail'),
    (error: unknown) => error,
  );
  if (!(thrown instanceof CastellanError)) throw thrown;
  return thrown;
}

/** Everything of an error that can come to be seen anywhere. */
export function everythingOf(error: CastellanError): string {
  return JSON.stringify([error.message, error.hint, error.detail, error.stack, String(error.cause ?? '')]);
}
