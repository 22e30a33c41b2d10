// What the organization's policies are put together from: sessions, factors, passwords, authenticators.

export type Part = Record<string, unknown>;

export const anywhere = { network: { connection: 'ANYWHERE' } };
const session = { usePersistentCookie: false, maxSessionIdleMinutes: 120, maxSessionLifetimeMinutes: 720 };

export function signOn(access: 'ALLOW' | 'DENY', extra: Part = {}): Part {
  const allowed = {
    requireFactor: false,
    primaryFactor: 'PASSWORD_IDP_ANY_FACTOR',
    rememberDeviceByDefault: false,
    session,
    ...extra,
  };
  return { signon: access === 'DENY' ? { access } : { access, ...allowed } };
}

export function appSignOn(factorMode: '1FA' | '2FA', reauthenticateIn: string): Part {
  return {
    appSignOn: {
      access: 'ALLOW',
      verificationMethod: { type: 'ASSURANCE', factorMode, reauthenticateIn, constraints: [] },
    },
  };
}

export function passwordSettings(minLength: number, maxAgeDays: number, maxAttempts: number): Part {
  return {
    password: {
      complexity: {
        minLength,
        minLowerCase: 1,
        minUpperCase: 1,
        minNumber: 1,
        minSymbol: 0,
        excludeUsername: true,
        dictionary: { common: { exclude: true } },
        excludeAttributes: ['firstName', 'lastName'],
      },
      age: { maxAgeDays, expireWarnDays: 7, minAgeMinutes: 60, historyCount: 8 },
      lockout: {
        maxAttempts,
        autoUnlockMinutes: 0,
        userLockoutNotificationChannels: ['EMAIL'],
        showLockoutFailures: false,
      },
    },
    recovery: {
      factors: {
        recovery_question: { status: 'INACTIVE', properties: { complexity: { minLength: 4 } } },
        okta_email: { status: 'ACTIVE', properties: { recoveryToken: { tokenLifetimeMinutes: 60 } } },
        okta_sms: { status: 'INACTIVE' },
      },
    },
    delegation: { options: { skipUnlock: false } },
  };
}

export const selfService = {
  passwordChange: { access: 'ALLOW' },
  selfServicePasswordReset: { access: 'ALLOW' },
  selfServiceUnlock: { access: 'DENY' },
};
export const provider = { authProvider: { provider: 'OKTA' } };

export const profileEnrollment = {
  profileEnrollment: {
    access: 'DENY',
    unknownUserAction: 'DENY',
    activationRequirements: { emailVerification: true },
    profileAttributes: [{ name: 'email', label: 'Email', required: true }],
  },
};

export function authenticators(pushRequired: boolean): Part {
  const enroll = (self: string) => ({ enroll: { self } });
  return {
    type: 'AUTHENTICATORS',
    authenticators: [
      { key: 'okta_password', ...enroll('REQUIRED') },
      { key: 'okta_verify', ...enroll(pushRequired ? 'REQUIRED' : 'OPTIONAL') },
      { key: 'webauthn', ...enroll('OPTIONAL') },
      { key: 'phone_number', ...enroll('OPTIONAL') },
      { key: 'security_question', ...enroll('NOT_ALLOWED') },
    ],
  };
}
