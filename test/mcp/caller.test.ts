// Who calls, on the way through the SDK: what a front door made comes back as it was, and nothing else passes for a caller.

import { expect, test } from 'vitest';
import { allowanceOf } from '../../src/core/caller.ts';
import { authInfoOf, callerOf } from '../../src/mcp/call.ts';

test('a caller comes back with its allowance, and without a token', () => {
  const caller = { id: 'https://login.example.com|person-1', allowance: allowanceOf(['okta:read', 'openid']) };
  const info = authInfoOf(caller);
  expect(info).toMatchObject({ token: '', scopes: ['okta:read'] });
  expect(callerOf(info)).toBe(caller);
});

test('where nobody signs in it is local, and stays so', () => {
  expect(callerOf()).toEqual({ id: 'local' });
  expect(authInfoOf(callerOf())).toBeUndefined();
});

test('what somebody else verified is nobody, and not local', () => {
  expect(() => callerOf({ token: 't', clientId: 'local', scopes: [] })).toThrow(TypeError);
  expect(() => callerOf({ token: 't', clientId: 'local', scopes: [], extra: {} })).toThrow(TypeError);
});
