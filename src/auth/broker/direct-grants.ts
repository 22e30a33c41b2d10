// Access tokens without a browser: for people whom an organization's identity provider vouches for, and for machines.

import { errors, type default as Provider, type TokenEndpointGrantContext } from 'oidc-provider';
import { type Allowance, allowanceOf } from '../../core/caller.ts';
import { sameResource } from '../claims.ts';
import { type AssertionOptions, createAssertions, jwtBearer } from './assertions.ts';
import { givable } from './scopes.ts';
import type { MachineClient } from './settings.ts';
import { algorithm } from './signing-keys.ts';
import { machineId } from './subjects.ts';

export interface DirectGrantOptions extends AssertionOptions {
  readonly machines: readonly MachineClient[];
  /** All scopes that there are. */
  readonly all: readonly string[];
  /** Seconds. */
  readonly accessTokenLife: number;
}

type Context = TokenEndpointGrantContext<{ assertion?: unknown }>;

interface Given {
  readonly subject: string;
  /** Without a wish of its own, a client gets what it may have. */
  readonly wanted: readonly string[];
  readonly allowed: readonly Allowance[];
}

export function registerDirectGrants(provider: Provider, options: DirectGrantOptions): void {
  const { machines, resource, all, accessTokenLife } = options;

  /** No refresh token: whoever vouches for the caller is asked again. */
  async function issue(ctx: Context, { subject, wanted, allowed }: Given): Promise<void> {
    const { client } = ctx.oidc;
    const scope = allowed.reduce((left, each) => givable(left, each, all), wanted).join(' ');
    if (scope === '') throw new errors.InvalidScope('nothing of what was asked for may be had', '');
    const signed = { accessTokenFormat: 'jwt', jwt: { sign: { alg: algorithm } } } as const;
    const resourceServer = new provider.ResourceServer(resource, { scope, audience: resource, ...signed });
    // It rests on nothing that a person could withdraw.
    const rest = { grantId: '', gty: String(ctx.oidc.params.grant_type), expiresIn: accessTokenLife };
    const token = new provider.AccessToken({ accountId: subject, client, scope, resourceServer, ...rest });
    ctx.oidc.entity('AccessToken', token);
    const access_token = await token.save();
    ctx.body = { access_token, token_type: 'Bearer', expires_in: token.expiration, scope };
  }

  /** RFC 8707 §2.2: there is one. */
  function checkResource({ oidc }: Context): void {
    const named = oidc.params.resource;
    if (named !== undefined && !(typeof named === 'string' && sameResource(named, resource)))
      throw new errors.InvalidTarget('there is one resource here: the MCP endpoint');
  }

  const askedFor = ({ oidc }: Context) => ownOf(oidc.params.scope);
  const ownOf = (scope: unknown) =>
    String(scope ?? '')
      .split(' ')
      .filter((word) => all.includes(word));

  if (options.issuers.length > 0) {
    const readAssertion = createAssertions(options);
    provider.registerGrantType(
      jwtBearer,
      async (ctx: Context) => {
        checkResource(ctx);
        const { client, params } = ctx.oidc;
        const isPublic = client.clientAuthMethod === 'none';
        const { subject, allowance, scope } = await readAssertion(params.assertion, { id: client.clientId, isPublic });
        const within = scope === undefined ? [] : [allowanceOf(scope.split(' '))];
        const wanted = [askedFor(ctx), ownOf(scope), ['castellan:read']].find((scopes) => scopes.length > 0) ?? [];
        await issue(ctx, { subject, wanted, allowed: [...within, allowance] });
      },
      ['assertion', 'scope', 'resource'],
    );
  }

  if (machines.length > 0) {
    provider.registerGrantType(
      'client_credentials',
      async (ctx: Context) => {
        checkResource(ctx);
        const machine = machines.find(({ id }) => id === ctx.oidc.client.clientId);
        if (!machine) throw new errors.UnauthorizedClient('the client is no machine');
        const asked = askedFor(ctx);
        const wanted = asked.length > 0 ? asked : machine.scopes;
        await issue(ctx, { subject: machineId(machine.id), wanted, allowed: [allowanceOf(machine.scopes)] });
      },
      ['scope', 'resource'],
    );
  }
}
