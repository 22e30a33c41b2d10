// What `doctor` asks about an OCI tenant in which callers act with their own rights, without any of them: whether the domain
// answers, knows the application, shows its keys and trusts its own tokens. Nothing is changed, and nobody is signed in.

import { z } from 'zod';
import { checkClock } from '../../core/clock.ts';
import type { Secret } from '../../core/secret.ts';
import type { Check, CheckResult } from '../../core/tool.ts';
import type { UpstreamOptions } from '../../core/upstream.ts';
import { readClaims, textOf } from './token-claims.ts';

export interface CallerCheckOptions {
  /** Origin of the identity domain. */
  readonly domain: URL;
  /** idcs-…, where it is configured. */
  readonly guid: string | undefined;
  readonly clientId: string;
  readonly clientSecret: Secret;
  readonly fetch: UpstreamOptions['fetch'];
  readonly now: () => number;
  readonly userAgent: string;
}

interface Reply {
  readonly status: number;
  /** The header. */
  readonly date: string | null;
  readonly body: Readonly<Record<string, unknown>>;
}

const issuer = 'https://identity.oraclecloud.com/';
const trustsEntity = z.looseObject({
  Resources: z
    .array(
      z.looseObject({
        name: z.string(),
        issuer: z.string().nullish(),
        active: z.boolean().nullish(),
        oauthClients: z.array(z.string()).nullish(),
      }),
    )
    .default([]),
});
const keysPath = 'Domains > the domain > Settings > Edit domain settings > Configure client access';

export function createCallerChecks(options: CallerCheckOptions): readonly Check[] {
  const { domain, clientId, clientSecret, fetch, now, userAgent } = options;
  let token: Promise<Reply> | undefined;

  async function ask(path: string, signal: AbortSignal, init: RequestInit = {}): Promise<Reply> {
    const headers = { accept: 'application/json', 'user-agent': userAgent, ...init.headers };
    const answer = await fetch(new URL(path, domain).href, { ...init, headers, redirect: 'manual', signal });
    const date = answer.headers.get('date');
    const body: unknown = await answer.json().catch(() => undefined);
    return { status: answer.status, date, body: typeof body === 'object' && body !== null ? { ...body } : {} };
  }

  const askToken = (signal: AbortSignal, form: Readonly<Record<string, string>>): Promise<Reply> =>
    ask('/oauth2/v1/token', signal, {
      method: 'POST',
      headers: {
        authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret.reveal()}`).toString('base64')}`,
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: new URLSearchParams(form).toString(),
    });

  /** The application's own token: what it takes to look further. */
  function loadToken(signal: AbortSignal): Promise<Reply> {
    token ??= askToken(signal, { grant_type: 'client_credentials', scope: 'urn:opc:idm:__myscopes__' });
    return token;
  }

  async function askAsApplication(path: string, signal: AbortSignal): Promise<Reply> {
    const accessToken = textOf((await loadToken(signal)).body.access_token);
    if (accessToken === undefined) return { status: 401, date: null, body: {} };
    return ask(path, signal, { headers: { authorization: `Bearer ${accessToken}` } });
  }

  const check = (name: string, run: (signal: AbortSignal) => Promise<CheckResult>): Check => ({
    name,
    async run(signal) {
      try {
        return await run(signal);
      } catch {
        const todo = 'Check domainUrl (IAM_DOMAIN), the network, and that the domain is active.';
        return { ok: false, says: `${domain.host} does not answer`, todo };
      }
    },
  });

  return [
    check('domain', async (signal) => {
      const { status, body } = await ask('/.well-known/openid-configuration', signal);
      const todo = 'Set domainUrl (IAM_DOMAIN) to the Domain URL that the domain’s page in the OCI console shows.';
      if (status !== 200 || body.issuer !== issuer)
        return { ok: false, says: `${domain.host} is no identity domain (HTTP ${status})`, todo };
      return { ok: true, says: `${domain.host} answers as an identity domain` };
    }),

    check('exchange client', async (signal) => {
      const { status, body } = await loadToken(signal);
      if (status === 200)
        return {
          ok: true,
          says: `the domain takes the application ${clientId}, with the grant type Client credentials`,
        };
      const error = textOf(body.error) ?? `HTTP ${status}`;
      if (error === 'unauthorized_client' || error === 'unsupported_grant_type')
        return {
          ok: false,
          says: `the application ${clientId} may not exchange tokens (${error})`,
          todo: 'Integrated applications > the application > OAuth configuration > Edit: allow the grant type Client credentials.',
        };
      return {
        ok: false,
        says: `the domain does not take the application ${clientId} (${error})`,
        todo: 'Set IAM_TOKENEXCHANGE_CLIENT_ID and IAM_TOKENEXCHANGE_CLIENT_SECRET to those of a confidential application of the domain, and activate it there.',
      };
    }),

    check('domain keys', async (signal) => {
      if ((await ask('/admin/v1/SigningCert/jwk', signal)).status === 200)
        return { ok: true, says: 'anybody may read the domain’s signing keys' };
      if ((await askAsApplication('/admin/v1/SigningCert/jwk', signal)).status === 200)
        return {
          ok: true,
          says: `closed to the public; Castellan reads them as the application. To open them: ${keysPath}`,
        };
      return { ok: false, says: 'the domain’s signing keys are closed', todo: `In the OCI console: ${keysPath}.` };
    }),

    check('trust', async (signal) => {
      const looked = await askAsApplication('/admin/v1/IdentityPropagationTrusts', signal);
      const found = looked.status === 200 ? trustsEntity.safeParse(looked.body).data?.Resources : undefined;
      return found ? judge(found, options) : await probe(signal);
    }),

    check('clock', async (signal) => {
      const { date } = await ask('/.well-known/openid-configuration', signal);
      return checkClock(date, now(), 'the domain');
    }),
  ];

  /** Where the application may not read trusts: whether its own token would be exchanged. No key comes of it that anybody has. */
  async function probe(signal: AbortSignal): Promise<CheckResult> {
    const own = textOf((await loadToken(signal)).body.access_token);
    if (own === undefined)
      return { ok: false, says: 'cannot be looked at without the application; see exchange client' };
    const { generateKeyPair } = await import('node:crypto');
    const { promisify } = await import('node:util');
    const { publicKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
    const { status, body } = await askToken(signal, {
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      requested_token_type: 'urn:oci:token-type:oci-upst',
      subject_token: own,
      subject_token_type: 'jwt',
      public_key: publicKey.export({ type: 'spki', format: 'der' }).toString('base64'),
    });
    const described = `${textOf(body.error) ?? ''} ${textOf(body.error_description) ?? ''}`;
    if (status !== 200 && /trust/i.test(described)) return missing(options, own);
    const says =
      status === 200
        ? 'the domain exchanges its own tokens'
        : 'only a call can show it: the application may not read trusts';
    return { ok: true, says, unchecked: status !== 200 };
  }
}

type Trust = z.output<typeof trustsEntity>['Resources'][number];

function judge(trusts: readonly Trust[], options: CallerCheckOptions): CheckResult {
  const { clientId } = options;
  const own = trusts.filter((trust) => trust.issuer === issuer);
  const ours = own.find(({ active, oauthClients }) => active === true && oauthClients?.includes(clientId));
  if (ours) return { ok: true, says: `the domain trusts its own tokens, brought by ${clientId} (${ours.name})` };
  const [other] = own;
  if (!other) return missing(options, undefined);
  return other.active === true
    ? {
        ok: false,
        says: `the trust ${other.name} is not for the application ${clientId}`,
        todo: `Add it to the trust’s oauthClients: oci identity-domains identity-propagation-trust patch …, or make another trust: ${commandFor(options)}`,
      }
    : { ok: false, says: `the trust ${other.name} is not active`, todo: 'Set its active to true.' };
}

function missing(options: CallerCheckOptions, token: string | undefined): CheckResult {
  const tenant = textOf(readClaims(token ?? '')?.tenant);
  return {
    ok: false,
    says: 'the domain does not trust its own tokens, so none is exchanged',
    todo: `Run: ${commandFor({ ...options, guid: options.guid ?? tenant })}`,
  };
}

/** As docs.oracle.com has it ("Token Exchange Grant Type"), for the tokens of the domain itself. */
function commandFor({ domain, guid, clientId }: CallerCheckOptions): string {
  const at = guid === undefined ? domain.origin : `https://${guid}.identity.oraclecloud.com`;
  return [
    `oci identity-domains identity-propagation-trust create --endpoint "${at}"`,
    `--schemas '["urn:ietf:params:scim:schemas:oracle:idcs:IdentityPropagationTrust"]'`,
    '--name "For Token Exchange" --type "JWT" --active true',
    `--issuer "${issuer}" --public-key-endpoint "${at}/admin/v1/SigningCert/jwk"`,
    '--subject-claim-name "sub" --subject-mapping-attribute "username" --subject-type "User"',
    `--client-claim-name "iss" --client-claim-values '["${issuer}"]'`,
    `--allow-impersonation false --oauth-clients '["${clientId}"]'`,
  ].join(' ');
}
