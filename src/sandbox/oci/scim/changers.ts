// Operations on a person's account or an application that have an endpoint of their own, by the id of whom they are about.

import { type Answer, json } from '../../answer.ts';
import { checkRight } from './access.ts';
import type { Attribute } from './attributes.ts';
import type { ScimContext } from './context.ts';
import { checkRequired, checkSchemas, readBody, readResource } from './given.ts';
import type { Kind } from './kind.ts';
import { capabilitiesExtension, mfaExtension, passwordState } from './kinds/users.ts';
import { kindAt } from './kinds.ts';
import { listsOf } from './listing.ts';
import { findResource, keep } from './operate.ts';
import { checkPassword } from './password-rules.ts';
import { ScimProblem, scimType } from './problem.ts';
import { project, readProjection } from './projection.ts';
import { findOwner, refer } from './references.ts';
import { findToChange, notAllowed, type ScimRequest } from './request.ts';
import { type Complex, entriesAt, isComplex, type Resource, setAt } from './resource.ts';
import { appStatusChangerAttributes } from './schemas/apps.ts';
import {
  capabilitiesChangerAttributes,
  factorsRemoverAttributes,
  passwordChangerAttributes,
  passwordResetterAttributes,
  userStatusChangerAttributes,
} from './schemas/changers.ts';
import { complete } from './whole.ts';

/** What it makes of what it was sent, and says about it. */
type Change = (context: ScimContext, before: Resource, given: Complex) => Complex;

interface Changer {
  attributes: readonly Attribute[];
  /** Kind of what it changes. */
  of: 'Users' | 'Apps';
  change: Change;
}

const requireKind = (path: string): Kind => {
  const kind = kindAt(path);
  if (!kind) throw new TypeError(`there are no ${path}`);
  return kind;
};

/** Kept under the rules of what it is. */
function keepChanged(
  context: ScimContext,
  path: string,
  before: Resource,
  changes: (after: Resource) => void,
): Resource {
  const after = structuredClone(before) as Resource;
  changes(after);
  return keep(context, requireKind(path), { before, after });
}

const setStatus =
  (path: 'Users' | 'Apps'): Change =>
  (context, before, { active }) => {
    if (Array.isArray(before.idcsPreventedOperations) && before.idcsPreventedOperations.includes('update'))
      throw new ScimProblem('prevented', `The operation update is not allowed on the resource ${before.id}.`);
    keepChanged(context, path, before, (after) => {
      after.active = active ?? true;
    });
    return { active: active ?? true };
  };

/**
 * The password holds no longer. The person is mailed a link; who has no primary address gets a one-time password, and whoever
 * leads people through it by themselves asks for a token (the SDK's descriptions of oneTimePassword and
 * userFlowControlledByExternalClient).
 */
const resetPassword: Change = (context, before, { userFlowControlledByExternalClient: isLedByOthers }) => {
  keepChanged(context, 'Users', before, (after) => {
    setAt(after, `${passwordState}:mustChange`, true);
    setAt(after, `${passwordState}:expired`, true);
  });
  const value = context.store.newId();
  if (isLedByOthers === true) return { userToken: { value, $ref: `${context.base}/admin/v1/UserTokens/${value}` } };
  const hasAddress = entriesAt(before, 'emails').some(({ primary }) => primary === true);
  return hasAddress ? {} : { oneTimePassword: `Aa1!${value.slice(0, 12)}` };
};

const changePassword: Change = (context, before, { password }) => {
  checkPassword(context.store, before, String(password));
  keepChanged(context, 'Users', before, (after) => {
    setAt(after, `${passwordState}:lastSuccessfulSetDate`, context.at);
    // Whoever is given a password by somebody else chooses one of their own.
    setAt(after, `${passwordState}:mustChange`, true);
    setAt(after, `${passwordState}:expired`, false);
  });
  return {};
};

const changeCapabilities: Change = (context, before, given) => {
  const after = keepChanged(context, 'Users', before, (changed) => {
    for (const [name, value] of Object.entries(given))
      if (name.startsWith('canUse')) setAt(changed, `${capabilitiesExtension}:${name}`, value);
  });
  const capabilities = after[capabilitiesExtension];
  return isComplex(capabilities) ? capabilities : {};
};

const changers: Readonly<Record<string, Changer>> = {
  UserStatusChanger: { attributes: userStatusChangerAttributes, of: 'Users', change: setStatus('Users') },
  AppStatusChanger: { attributes: appStatusChangerAttributes, of: 'Apps', change: setStatus('Apps') },
  UserPasswordResetter: { attributes: passwordResetterAttributes, of: 'Users', change: resetPassword },
  UserPasswordChanger: { attributes: passwordChangerAttributes, of: 'Users', change: changePassword },
  UserCapabilitiesChanger: { attributes: capabilitiesChangerAttributes, of: 'Users', change: changeCapabilities },
};

const factorsRemover = 'AuthenticationFactorsRemover';

export const changerNames: readonly string[] = [...Object.keys(changers), factorsRemover];

function kindOf(name: string, attributes: readonly Attribute[]): Kind {
  return { path: name, name, urn: `urn:ietf:params:scim:schemas:oracle:idcs:${name}`, attributes, operations: [] };
}

export function answerChanger(request: ScimRequest, name: string, id: string | undefined): Answer {
  const { method, body } = request.call;
  if (name === factorsRemover) return answerRemover(request, id);
  const changer = changers[name];
  if (!changer || id === undefined || method !== 'PUT') throw notAllowed(method);
  checkRight(request.roles, name, 'write');
  const before = findToChange(request, requireKind(changer.of), id);
  const kind = kindOf(name, changer.attributes);
  const given = readGiven(kind, body);
  return say(request, kind, id, changer.change(request.context, before, given), 200);
}

function readGiven(kind: Kind, text: string): Complex {
  const body = readBody(text);
  checkSchemas(body, kind.urn);
  const given = readResource(kind, body);
  checkRequired(kind, given);
  return given;
}

function say(request: ScimRequest, kind: Kind, id: string, said: Complex, status: 200 | 201): Answer {
  const { context, call } = request;
  const after = context.store.get('Users', id) ?? context.store.get('Apps', id);
  const { meta, ocid, idcsCreatedBy, idcsLastModifiedBy } = after ?? ({} as Complex);
  const at = { created: context.at, lastModified: context.at, version: id };
  const about = complete(context, kind, { id, ocid, meta: meta ?? at, idcsCreatedBy, idcsLastModifiedBy, ...said });
  const { searchParams } = call.url;
  const projection = readProjection(kind, listsOf(searchParams, 'attributes'), listsOf(searchParams, 'attributeSets'));
  const isNarrowed = searchParams.has('attributes') || searchParams.has('attributeSets');
  // What came of it is told, though nothing of it is kept that could be asked for.
  return json({ ...project(context, kind, about, projection), ...(!isNarrowed && said) }, scimType, status);
}

/** All second factors of a person at once. */
function answerRemover(request: ScimRequest, id: string | undefined): Answer {
  const { context, call, roles } = request;
  if (id !== undefined || call.method !== 'POST') throw notAllowed(call.method);
  checkRight(roles, factorsRemover, 'write');
  const kind = kindOf(factorsRemover, factorsRemoverAttributes);
  const { user, type } = readGiven(kind, call.body);
  const owner = findOwner(context.store, `${factorsRemover}.user`, isComplex(user) ? user : {});
  if (type === 'MFA' || type === 'ALL' || type === undefined) removeFactors(context, owner.id);
  if (type === 'KMSI') forgetBrowsers(context, owner.id);
  const said = {
    user: { ...refer(context, 'Users', owner.id), ocid: owner.ocid },
    ...(type !== undefined && { type }),
  };
  return say(request, kind, context.store.newId(), said, 201);
}

export function removeFactors(context: ScimContext, userId: string): void {
  for (const { id } of context.store.ownedBy('Devices', userId)) context.store.delete('Devices', id);
  const user = findResource(context, requireKind('Users'), userId);
  keepChanged(context, 'Users', user, (after) => {
    delete after[mfaExtension];
  });
}

/** "Keep me signed in": the browsers that are trusted. */
function forgetBrowsers(context: ScimContext, userId: string): void {
  const user = findResource(context, requireKind('Users'), userId);
  keepChanged(context, 'Users', user, (after) => setAt(after, `${mfaExtension}:trustedUserAgents`, undefined));
}
