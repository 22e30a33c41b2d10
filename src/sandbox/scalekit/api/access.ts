// Who may call the API: at an environment's host its own client, at the central one the people of the workspace.

import type { Call } from '../../answer.ts';
import { readJwt } from '../../oidc/jwt.ts';
import type { OidcGrant, Provider } from '../../oidc/provider.ts';
import { ApiProblem } from './problem.ts';
import type { EnvironmentState } from './state.ts';
import type { Member, WorkspaceState } from './workspace-state.ts';

/** What a token was given for. A token that a key has signed which is published no more is good no more. @throws ApiProblem */
function readGrant({ memory, keys, now }: Provider, call: Call): OidcGrant {
  const token = /^bearer +(\S+)$/i.exec(call.headers.authorization ?? '')?.[1];
  const known = token === undefined ? undefined : memory.access.get(token);
  const kid = token === undefined ? undefined : readJwt(token)?.header.kid;
  const isSigned = known !== undefined && keys.published().some((key) => key.kid === kid);
  if (!isSigned || known.revoked || known.grant.revoked || known.expires <= now())
    throw new ApiProblem(401, token === undefined ? 'missing access token' : 'invalid or expired access token');
  return known.grant;
}

/** @throws ApiProblem */
export function checkClient(provider: Provider, state: EnvironmentState, call: Call): void {
  const { clientId, personId } = readGrant(provider, call);
  if (personId !== undefined || clientId !== state.oauth.app.id)
    throw new ApiProblem(403, 'the token is not one of the environment client');
}

/** @throws ApiProblem */
export function findMember(provider: Provider, audience: string, workspace: WorkspaceState, call: Call): Member {
  const grant = readGrant(provider, call);
  if (!grant.audience.includes(audience)) throw new ApiProblem(401, 'the token is not for this API');
  const person = provider.personById(grant.personId ?? '');
  const member = workspace.members.find(({ email }) => email === person?.login);
  if (!member) throw new ApiProblem(403, 'no member of a workspace');
  return member;
}

/** The environment that a call at the central host is about. @throws ApiProblem */
export function findNamed(workspace: WorkspaceState, call: Call): EnvironmentState {
  const domain = call.headers['x-env-domain'];
  if (domain === undefined) throw new ApiProblem(400, 'the header x-env-domain is missing');
  const found = workspace.environments.find(({ record }) => [record.domain, record.custom_domain].includes(domain));
  if (!found || domain === '') throw new ApiProblem(404, 'environment not found');
  return found;
}
