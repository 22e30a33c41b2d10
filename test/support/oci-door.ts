// Castellan as an operator starts it with the variables by which an identity domain of OCI is known, in front of the simulated
// one: people sign in at the domain, and their calls go out as them.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { SandboxOci } from '../../src/sandbox/index.ts';
import { type Castellan, startCastellan } from '../trials/castellan.ts';
import { obtain } from './broker.ts';
import { ask, call } from './messages.ts';
import { actAs, openBrowser } from './sign-in.ts';

/** The six names, and where this machine's regions are. */
export function domainVariables(oci: SandboxOci): Record<string, string> {
  return {
    IAM_DOMAIN: oci.url,
    IAM_GUID: oci.tenant,
    IAM_CLIENT_ID: oci.client.id,
    IAM_CLIENT_SECRET: oci.client.secret,
    IAM_TOKENEXCHANGE_CLIENT_ID: oci.exchange.clientId,
    IAM_TOKENEXCHANGE_CLIENT_SECRET: oci.exchange.clientSecret,
    OCI_ENDPOINTS: Object.entries(oci.services)
      .map(([region, url]) => `${region}=${url}`)
      .join(','),
  };
}

export interface OciDoor extends Castellan {
  readonly origin: string;
  /** The access token of somebody who signed in with a browser; for reading where nothing else is asked for. */
  readonly signIn: (login: string, scope?: string) => Promise<string>;
  readonly call: (token: string, tool: string, input?: Record<string, unknown>) => Promise<ToolAnswer>;
}

export interface ToolAnswer {
  readonly failed: boolean;
  readonly text: string;
  readonly value: Readonly<Record<string, unknown>>;
}

export async function openOciDoor(oci: SandboxOci, env: Readonly<Record<string, string>> = {}): Promise<OciDoor> {
  const { origin, castellan } = await start(oci, env);
  oci.setRedirectUris([`${origin}/oauth/callback`]);
  return {
    ...castellan,
    origin,
    async signIn(login, scope) {
      const over = scope === undefined ? {} : { scope };
      return (await obtain(origin, openBrowser(), actAs(login), over)).access_token;
    },
    async call(token, tool, input = {}) {
      const { body, status } = await ask(`${origin}/mcp`, 'tools/call', call(tool, input), { token });
      if (status !== 200) throw new Error(`${tool} answered ${status}: ${JSON.stringify(body)}`);
      if (body.error) throw new Error(body.error.message);
      const { isError = false, content = [], structuredContent = {} } = body.result ?? {};
      return { failed: isError === true, text: content[0]?.text ?? '', value: structuredContent };
    },
  };
}

async function start(oci: SandboxOci, env: Readonly<Record<string, string>>) {
  // Its port must be known before it starts, and somebody else may take it meanwhile.
  for (let attempt = 1; ; attempt++) {
    const { origin, port } = await freeAddress();
    const castellan = startCastellan(['serve', '--http', '--port', port], {
      env: { ...domainVariables(oci), CASTELLAN_PUBLIC_URL: `${origin}/mcp`, CASTELLAN_STORE: 'memory', ...env },
    });
    const started = new Promise<true>((resolve) => {
      castellan.child.stderr.on('data', () => {
        if (castellan.stderr().includes('Serving MCP at')) resolve(true);
      });
    });
    if ((await Promise.race([started, castellan.ended])) === true) return { origin, castellan };
    if (attempt === 3 || !castellan.stderr().includes('is taken')) throw new Error(castellan.stderr());
  }
}

async function freeAddress(): Promise<URL> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return new URL(`http://127.0.0.1:${port}`);
}
