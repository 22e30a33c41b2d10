// The domain's settings to begin with.

import { ociIssuer } from '../../domain.ts';
import { factorSettingKind, settingKind } from '../kinds/settings.ts';
import type { Complex } from '../resource.ts';
import { plant, type Soil } from './plant.ts';

export function plantSettings(soil: Soil): void {
  const settings = {
    csrAccess: 'readOnly',
    signingCertPublicAccess: false,
    issuer: ociIssuer,
    locale: 'en',
    timezone: 'Europe/Amsterdam',
    contactEmails: ['identity@larkspur.example'],
    customBranding: false,
    isHostedPage: false,
    defaultTrustScope: 'Explicit',
    subMappingAttr: 'userName',
    diagnosticLevel: 0,
    auditEventRetentionPeriod: 90,
    serviceAdminCannotListOtherUsers: false,
    accountAlwaysTrustScope: false,
    cloudAccountName: 'larkspur',
    maxNoOfAppRoleMembersToReturn: 5000,
    maxNoOfAppCMVAToReturn: 5000,
    iamUpstSessionExpiry: 60,
    certificateValidation: { crlEnabled: false, ocspEnabled: false },
    tenantCustomClaims: [
      {
        name: 'groups',
        value: '$user.groups.*.display',
        expression: true,
        mode: 'always',
        tokenType: 'BOTH',
        allScopes: true,
      },
    ],
  };
  plant(soil, settingKind, 'Settings', settings, { created: 1500, changed: 214 });
  plant(soil, factorSettingKind, 'AuthenticationFactorSettings', factorSettings, { created: 1500, changed: 690 });
}

const factorSettings: Complex = {
  emailEnabled: true,
  smsEnabled: true,
  phoneCallEnabled: false,
  totpEnabled: true,
  pushEnabled: true,
  bypassCodeEnabled: true,
  securityQuestionsEnabled: false,
  fidoAuthenticatorEnabled: true,
  yubicoOtpEnabled: false,
  mfaEnrollmentType: 'Optional',
  mfaEnabledCategory: 'all',
  hideBackupFactorEnabled: false,
  autoEnrollEmailFactorDisabled: false,
  emailSettings: { emailLinkEnabled: false },
  thirdPartyFactor: { duoSecurity: false },
  notificationSettings: { pullEnabled: true },
  identityStoreSettings: { mobileNumberEnabled: true, mobileNumberUpdateEnabled: false },
  bypassCodeSettings: {
    selfServiceGenerationEnabled: true,
    helpDeskGenerationEnabled: true,
    length: 12,
    maxActive: 5,
    helpDeskCodeExpiryInMins: 1440,
    helpDeskMaxUsage: 1,
  },
  clientAppSettings: {
    minPinLength: 6,
    maxFailuresBeforeWarning: 5,
    maxFailuresBeforeLockout: 10,
    initialLockoutPeriodInSecs: 30,
    lockoutEscalationPattern: 'Constant',
    maxLockoutIntervalInSecs: 86_400,
    requestSigningAlgo: 'SHA256withRSA',
    policyUpdateFreqInDays: 7,
    keyPairLength: 2048,
    deviceProtectionPolicy: 'NONE',
    unlockAppForEachRequestEnabled: false,
    unlockOnAppStartEnabled: false,
    unlockAppIntervalInSecs: 300,
    sharedSecretEncoding: 'Base32',
    unlockOnAppForegroundEnabled: false,
  },
  endpointRestrictions: {
    maxEnrolledDevices: 5,
    maxTrustedEndpoints: 5,
    maxEndpointTrustDurationInDays: 180,
    trustedEndpointsEnabled: true,
    maxIncorrectAttempts: 20,
  },
  compliancePolicy: [{ name: 'jailBrokenDevice', action: 'Block', value: 'true' }],
  totpSettings: {
    hashingAlgorithm: 'SHA1',
    passcodeLength: 6,
    keyRefreshIntervalInDays: 60,
    timeStepInSecs: 30,
    timeStepTolerance: 3,
    smsOtpValidityDurationInMins: 6,
    jwtValidityDurationInSecs: 300,
    smsPasscodeLength: 6,
    emailOtpValidityDurationInMins: 10,
    emailPasscodeLength: 6,
  },
};
