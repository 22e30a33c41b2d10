// The domain's own settings, of which there is one of each.

import { withCommon } from './common.ts';

export const settingAttributes = withCommon(`
externalId
contactEmails*
customBranding boolean
preferredLanguage
timezone
diagnosticRecordForSearchIdentifiesReturnedResources boolean
reAuthWhenChangingMyAuthenticationFactors boolean
reAuthFactor* = password
locale
csrAccess required = readOnly readWrite none
signingCertPublicAccess boolean
subMappingAttr
accountAlwaysTrustScope boolean
defaultTrustScope = Explicit Account Tags
issuer
prevIssuer request
diagnosticLevel integer
diagnosticTracingUpto readOnly
allowedDomains*
enableTermsOfUse boolean
termsOfUseUrl
privacyPolicyUrl
migrationStatus readOnly exact
onPremisesProvisioning boolean readOnly
allowedForgotPasswordFlowReturnUrls*
allowedNotificationRedirectUrls*
auditEventRetentionPeriod integer
isHostedPage boolean
cloudAccountName readOnly
serviceAdminCannotListOtherUsers boolean
maxNoOfAppRoleMembersToReturn integer
maxNoOfAppCMVAToReturn integer
iamUpstSessionExpiry integer
cloudGateCorsSettings
  cloudGateCorsAllowNullOrigin boolean
  cloudGateCorsEnabled boolean
  cloudGateCorsAllowedOrigins*
  cloudGateCorsMaxAge integer
  cloudGateCorsExposedHeaders*
certificateValidation
  crlEnabled boolean
  crlCheckOnOCSPFailureEnabled boolean
  crlLocation
  crlRefreshInterval integer
  ocspEnabled boolean
  ocspUnknownResponseStatusAllowed boolean
  ocspResponderURL
  ocspSettingsResponderURLPreferred boolean
  ocspTimeoutDuration integer
  ocspSigningCertificateAlias
tenantCustomClaims*
  name required unique
  value required
  mode required = always request never
  expression boolean required
  allScopes boolean required
  tokenType required = AT IT BOTH
  scopes*
companyNames*
  value required
  locale required`);

export const factorSettingAttributes = withCommon(`
emailEnabled boolean
smsEnabled boolean required
phoneCallEnabled boolean
totpEnabled boolean required
pushEnabled boolean required
bypassCodeEnabled boolean required
securityQuestionsEnabled boolean required
fidoAuthenticatorEnabled boolean
yubicoOtpEnabled boolean
mfaEnrollmentType required
mfaEnabledCategory readOnly
hideBackupFactorEnabled boolean
autoEnrollEmailFactorDisabled boolean
userEnrollmentDisabledFactors* = EMAIL SMS TOTP PUSH OFFLINETOTP VOICE PHONE_CALL THIRDPARTY FIDO_AUTHENTICATOR YUBICO_OTP
emailSettings
  emailLinkEnabled boolean required
  emailLinkCustomUrl
thirdPartyFactor
  duoSecurity boolean required
notificationSettings required
  pullEnabled boolean required
identityStoreSettings
  mobileNumberEnabled boolean
  mobileNumberUpdateEnabled boolean
bypassCodeSettings required
  selfServiceGenerationEnabled boolean required
  helpDeskGenerationEnabled boolean required
  length integer required
  maxActive integer required
  helpDeskCodeExpiryInMins integer required
  helpDeskMaxUsage integer required
clientAppSettings required
  minPinLength integer required
  maxFailuresBeforeWarning integer required
  maxFailuresBeforeLockout integer required
  initialLockoutPeriodInSecs integer required
  lockoutEscalationPattern required
  maxLockoutIntervalInSecs integer required
  requestSigningAlgo required = SHA256withRSA SHA384withRSA SHA512withRSA
  policyUpdateFreqInDays integer required
  keyPairLength integer required
  deviceProtectionPolicy required
  unlockAppForEachRequestEnabled boolean required
  unlockOnAppStartEnabled boolean required
  unlockAppIntervalInSecs integer required
  sharedSecretEncoding required = Base32 Base64
  unlockOnAppForegroundEnabled boolean required
endpointRestrictions required
  maxEnrolledDevices integer required
  maxTrustedEndpoints integer required
  maxEndpointTrustDurationInDays integer required
  trustedEndpointsEnabled boolean required
  maxIncorrectAttempts integer required
compliancePolicy* required
  name required
  action required = Allow Block Notify None
  value required
totpSettings required
  hashingAlgorithm required = SHA1 SHA256 SHA384 SHA512 MD5
  passcodeLength integer required
  keyRefreshIntervalInDays integer required
  timeStepInSecs integer required
  timeStepTolerance integer required
  smsOtpValidityDurationInMins integer required
  jwtValidityDurationInSecs integer required
  smsPasscodeLength integer required
  emailOtpValidityDurationInMins integer required
  emailPasscodeLength integer required`);
