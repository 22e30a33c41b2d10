// How people may sign in: policies, rules, conditions, passwords, networks, identity providers, and whose tokens are trusted.

import { withCommon } from './common.ts';

const consent = `
urn:ietf:params:scim:schemas:oracle:idcs:extension:ociconsolesignonpolicyconsent:Policy
  consent boolean never writeOnly
  justification never writeOnly
  reason never writeOnly`;

const policyType = `
policyType immutable required search
  value immutable required search exact
  $ref readOnly`;

export const policyAttributes = withCommon(`
externalId search
name always required search
description
active boolean search
policyGroovy
rules* request search
  value immutable required search exact
  $ref readOnly
  sequence integer required search
  name request readOnly search exact${policyType}${consent}`);

export const ruleAttributes = withCommon(`
externalId search
name always required search exact
description
active boolean search
locked boolean search
ruleGroovy exact
condition required exact
conditionGroup search
  value search exact
  $ref readOnly
  type required = Condition ConditionGroup
  name readOnly${policyType}
return* required
  name required
  value required
  returnGroovy${consent}`);

export const conditionAttributes = withCommon(`
externalId search
name always required search exact global
description
attributeName required exact
operator required exact = eq ne co coany sw ew gt ge lt le in nin
attributeValue required exact
evaluateConditionIf exact${consent}`);

export const passwordPolicyAttributes = withCommon(`
externalId
name always immutable required search unique
description
maxLength integer search
minLength integer
minAlphas integer
minNumerals integer
minAlphaNumerals integer
minSpecialChars integer
maxSpecialChars integer
minLowerCase integer
minUpperCase integer
minUniqueChars integer
maxRepeatedChars integer
startsWithAlphabet boolean
firstNameDisallowed boolean
lastNameDisallowed boolean
userNameDisallowed boolean
disallowedUserAttributeValues*
minPasswordAge integer
passwordExpiresAfter integer
passwordExpireWarning integer
requiredChars
disallowedChars
allowedChars
disallowedSubstrings*
dictionaryWordDisallowed boolean
dictionaryLocation
dictionaryDelimiter
maxIncorrectAttempts integer
lockoutDuration integer
numPasswordsInHistory integer
passwordStrength = Simple Standard Custom
forcePasswordReset boolean never writeOnly
distinctCharacters integer
priority integer unique
groups* search
  value always required search exact
  $ref readOnly
  display readOnly
configuredPasswordPolicyRules* request readOnly
  key always readOnly required
  value always readOnly required`);

export const networkPerimeterAttributes = withCommon(`
externalId search
name always required search unique
description
ipAddresses* required search
  type exact = CIDR RANGE EXACT
  version search exact = IPV4 IPV6
  value required`);

export const identityProviderAttributes = withCommon(`
externalId
partnerName always required search unique
description search
metadata
partnerProviderId search unique
tenantProviderId readOnly exact
succinctId search exact unique
idpSsoUrl search
logoutRequestUrl search
logoutResponseUrl search
signingCertificate
encryptionCertificate
nameIdFormat search
includeSigningCertInSignature boolean search
authnRequestBinding search = Redirect Post
logoutBinding search = Redirect Post
logoutEnabled boolean search
signatureHashAlgorithm search = SHA-1 SHA-256
enabled boolean required search
iconUrl
shownOnLoginPage boolean search
jitUserProvEnabled boolean
jitUserProvGroupAssertionAttributeEnabled boolean
jitUserProvGroupStaticListEnabled boolean
jitUserProvCreateUserEnabled boolean
jitUserProvAttributeUpdateEnabled boolean
jitUserProvGroupAssignmentMethod = Overwrite Merge
jitUserProvGroupMappingMode = implicit explicit
jitUserProvGroupSAMLAttributeName
userMappingMethod search = NameIDToUserAttribute AssertionAttributeToUserAttribute CorrelationPolicyRule
userMappingStoreAttribute search
assertionAttribute search
type always immutable search exact = SAML SOCIAL IWA X509 LOCAL
requireForceAuthn boolean exact
requiresEncryptedAssertion boolean exact
samlHoKRequired boolean exact
requestedAuthenticationContext* exact
jitUserProvAssignedGroups*
  value required search exact
  $ref readOnly
  display readOnly
urn:ietf:params:scim:schemas:oracle:idcs:extension:social:IdentityProvider
  accountLinkingEnabled boolean required search exact
  registrationEnabled boolean required search exact
  status search exact = created deleted
  authzUrl exact
  accessTokenUrl exact
  profileUrl exact
  scope* exact
  consumerKey required exact
  consumerSecret required exact
  serviceProviderName immutable required search exact
  discoveryUrl exact`);

export const trustAttributes = withCommon(`
name immutable required search
description
type required exact = JWT SAML SPNEGO AWS X509
issuer always required search exact unique
accountId search exact
subjectClaimName exact
subjectMappingAttribute
subjectType = User App Resource
clientClaimName
clientClaimValues* exact
active boolean search
publicKeyEndpoint
publicCertificate
oauthClients*
allowImpersonation boolean
clockSkewSeconds integer
impersonatingResource exact
claimValidations*
  name required exact
  value required exact
claimPropagations*
impersonationServiceUsers* request
  value required search exact
  ocid search exact
  $ref readOnly exact
  rule required`);
