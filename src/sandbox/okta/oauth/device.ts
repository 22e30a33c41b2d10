// The device grant (RFC 8628): the codes for a terminal, and the page where a person approves one.

import { randomInt } from 'node:crypto';
import { answerPage, type Html, html } from '../../oidc/page.ts';
import { json, type OktaAnswer } from '../answer.ts';
import { fullName } from '../user-record.ts';
import { authenticateClient } from './client-auth.ts';
import { deviceGrant } from './clients.ts';
import { consentForm, grantOf, readPerson } from './people.ts';
import { noStore, OAuthProblem } from './problems.ts';
import type { OAuthRequest } from './request.ts';
import { decideScopes } from './scope-choice.ts';
import { type DeviceAuthorization, dropEnded, type OAuthState, randomText } from './state.ts';

const life = 600;
const interval = 5;

export function answerDeviceAuthorize(request: OAuthRequest): OktaAnswer {
  const { form, state, base, now } = request;
  const client = authenticateClient(request);
  if (!client.grants.includes(deviceGrant)) {
    throw new OAuthProblem(
      'unauthorized_client',
      `The client is not authorized to use the provided grant type. Configured grant types: [${client.grants.join(', ')}].`,
    );
  }
  const device: DeviceAuthorization = {
    deviceCode: randomText(),
    userCode: makeUserCode(),
    clientId: client.id,
    scopes: decideScopes(client, form.get('scope')),
    expires: now + life * 1000,
    interval,
    asked: undefined,
    decision: 'pending',
  };
  dropEnded(state.oauth.devices, now);
  state.oauth.devices.set(device.deviceCode, device);
  const page = `${base}/activate`;
  return json(
    {
      user_code: device.userCode,
      device_code: device.deviceCode,
      interval,
      verification_uri: page,
      verification_uri_complete: `${page}?user_code=${device.userCode}`,
      expires_in: life,
    },
    noStore,
  );
}

/** RFC 8628 §6.1: consonants alone, so that no word comes out and no letter is mistaken for another. */
const letters = 'BCDFGHJKLMNPQRSTVWXZ';

function makeUserCode(): string {
  return Array.from({ length: 8 }, () => letters[randomInt(letters.length)]).join('');
}

function findDevice(oauth: OAuthState, userCode: string | undefined, now: number): DeviceAuthorization | undefined {
  const plain = userCode?.toUpperCase().replace(/[^A-Z]/g, '');
  return [...oauth.devices.values()].find(
    (device) => device.userCode === plain && device.expires > now && device.decision === 'pending',
  );
}

export function answerActivate({ call, state, now }: OAuthRequest): OktaAnswer {
  const userCode = call.url.searchParams.get('user_code') ?? undefined;
  const device = findDevice(state.oauth, userCode, now);
  if (device) return askPerson({ state }, device, undefined, undefined);
  return askCode(userCode === undefined ? undefined : unknownCode);
}

const unknownCode = 'The user code is invalid or has expired.';

export function answerActivation({ form, state, now }: OAuthRequest): OktaAnswer {
  const device = findDevice(state.oauth, form.get('user_code'), now);
  if (!device) return askCode(unknownCode);
  const decision = form.get('decision');
  if (decision === 'deny') {
    device.decision = 'denied';
    return say('Denied', 'The device was told that you said no. You can close this page.');
  }
  const user = readPerson(state, form);
  if (decision !== 'allow' || typeof user === 'string')
    return askPerson(
      { state },
      device,
      form.get('login'),
      typeof user === 'string' ? user : 'Say whether you allow it.',
    );
  device.decision = grantOf(user, device, now);
  return say('Device activated', `The device is now signed in as ${fullName(user)}. You can close this page.`);
}

function say(title: string, text: string): OktaAnswer {
  return answerPage(title, html`<p>${text}</p>`);
}

function askCode(wrong: string | undefined): OktaAnswer {
  const body: Html = html`<p>Enter the code that your terminal or device shows.</p>
${wrong !== undefined && html`<p class="wrong" role="alert">${wrong}</p>`}
<form method="get" action="/activate">
<label class="text">Code<input type="text" name="user_code" autocomplete="off" autofocus required></label>
<div class="choices"><button>Next</button></div>
</form>`;
  return answerPage('Activate your device', body, { status: wrong === undefined ? 200 : 400 });
}

function askPerson(
  { state }: Pick<OAuthRequest, 'state'>,
  device: DeviceAuthorization,
  login: string | undefined,
  wrong: string | undefined,
): OktaAnswer {
  const { userCode, clientId, scopes } = device;
  const hidden = { user_code: userCode };
  const form = consentForm({ state, clientId, scopes, action: '/activate', hidden, login, wrong });
  const body = html`<p class="code">${userCode.slice(0, 4)}-${userCode.slice(4)}</p>
<p class="soft">Go on only if your device shows this code.</p>
${form}`;
  return answerPage('Activate your device', body, { status: wrong === undefined ? 200 : 400 });
}
