// The sandbox: a simulated Okta organization, "Larkspur Logistics", over real HTTP, for trying things out and for tests; beside it,
// where they are asked for, the same company's OCI identity domain and Scalekit environment.

import { createBeside } from './beside.ts';
import type { FaultSettings } from './faults.ts';
import { listen } from './listen.ts';
import type { SandboxOci } from './oci/oci.ts';
import type { OktaAnswer } from './okta/answer.ts';
import type { OAuthOptions } from './okta/oauth/clients.ts';
import type { CustomServerHandle } from './okta/oauth/custom-handle.ts';
import type { OAuthHandle } from './okta/oauth/handle.ts';
import { createOkta, type Okta } from './okta/okta.ts';
import type { SandboxScalekit } from './scalekit/scalekit.ts';

export type { FaultKind, FaultSettings } from './faults.ts';
export type { OciApiKeyProfile, OciSessionProfile, OciTokenOrder, SandboxOci } from './oci/oci.ts';
export { sandboxPassword } from './oidc/sign-in-form.ts';
export type { CustomServerHandle, TokenOrder } from './okta/oauth/custom-handle.ts';
export type { SandboxScalekit, ScalekitServerHandle, ScalekitTokenOrder } from './scalekit/scalekit.ts';

/** The SSWS token that a sandbox accepts unless told otherwise. No secret: it opens nothing but an invented company. */
export const sandboxToken = '00sandbox-token-of-larkspur-logistics-example';

export interface SandboxOptions {
  /** How many people the company has: 1 to 100,000, default 250. */
  users?: number;
  /** Default 1. The same seed and number of users give the same ids, names and memberships. */
  seed?: number;
  host?: string;
  /** Default 0: any free port. */
  port?: number;
  /** Of what is opened beside Okta; default 0. */
  besidePort?: number;
  token?: string;
  /** The two apps that may ask for access tokens, and what they are granted. */
  oauth?: OAuthOptions;
  /** Epoch milliseconds; the stories in the System Log are counted back from the opening. */
  now?: () => number;
  faults?: Partial<FaultSettings>;
  /** 'okta' (default): Okta's own figures; a number: so many per minute in each bucket; 'off': never empty. */
  rateLimits?: 'okta' | 'off' | number;
  /** Added to each answer. */
  latencyMs?: number;
}

export interface Sandbox {
  okta: SandboxOkta;
  /** The company's OCI identity domain; opened when it is first asked for. */
  oci: () => Promise<SandboxOci>;
  /** The company's Scalekit environment; opened when it is first asked for. */
  scalekit: () => Promise<SandboxScalekit>;
  close(): Promise<void>;
}

export interface SandboxOkta {
  url: string;
  token: string;
  oauth: SandboxOAuth;
  /** In-process: the same behaviour, without the faults of a socket. */
  fetch(request: Request): Promise<Response>;
  setFaults(settings: Partial<FaultSettings> | null): void;
  /** Back to the seed. */
  reset(): void;
  readonly requests: number;
}

export interface SandboxOAuth extends OAuthHandle {
  /** A custom authorization server by its id or its name: 'default', 'Logistics APIs'. */
  customServer: (id: string) => CustomServerHandle;
  /** The org authorization server: the address of the sandbox. */
  issuer: string;
  /** Also the audience of client assertions. */
  tokenUrl: string;
}

export async function openSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { users = 250, seed = 1, host = '127.0.0.1', port = 0, token = sandboxToken, now = Date.now } = options;
  checkWhole('users', users, 1, 100_000);
  checkWhole('seed', seed, 0, 0xffff_ffff);
  const { faults, rateLimits = 'okta', latencyMs = 0, oauth = {} } = options;
  const okta = createOkta({ users, seed, token, oauth, now, faults, rateLimits, latencyMs });
  const listener = await listen(okta.answer, host, port);
  const beside = createBeside({ users, seed, host, port: options.besidePort ?? 0, now });
  return {
    okta: {
      url: listener.url,
      token,
      oauth: {
        ...okta.oauth,
        issuer: listener.url,
        tokenUrl: `${listener.url}/oauth2/v1/token`,
        customServer: (id) => okta.customServer(listener.url, id),
      },
      fetch: (request) => fetchInProcess(okta, request),
      setFaults: okta.setFaults,
      reset: okta.reset,
      get requests() {
        return okta.count();
      },
    },
    oci: beside.oci,
    scalekit: beside.scalekit,
    close: async () => {
      await Promise.all([listener.close(), beside.close()]);
    },
  };
}

async function fetchInProcess(okta: Okta, request: Request): Promise<Response> {
  const body = await request.text();
  const headers = Object.fromEntries(request.headers);
  return toResponse(await okta.answer({ method: request.method, url: new URL(request.url), headers, body }, false));
}

function toResponse(answer: OktaAnswer): Response {
  const headers = new Headers();
  for (const [name, value] of Object.entries(answer.headers)) {
    for (const line of Array.isArray(value) ? value : [value]) headers.append(name, line);
  }
  return new Response(answer.status === 204 ? null : answer.body, { status: answer.status, headers });
}

function checkWhole(name: string, value: number, least: number, greatest: number): void {
  if (Number.isInteger(value) && value >= least && value <= greatest) return;
  throw new TypeError(`sandbox: ${name} must be a whole number from ${least} to ${greatest}`);
}
