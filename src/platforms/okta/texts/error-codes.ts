// Okta's error codes that an administrator meets, in our words: what each means and what to do about it.

export interface ErrorCodeFacts {
  readonly code: string;
  /** HTTP status. */
  readonly status: number;
  readonly meaning: string;
  readonly todo: string;
}

/** One code a line: code, status, meaning, what to do. */
const table = `
E0000001 | 400 | A value breaks a rule of Okta's; the cause names the field. | Correct that field; a login must be unique, an attribute must exist in the profile.
E0000003 | 400 | The body of the request is no well-formed JSON. | A fault of the client, not of the person who asked; report it.
E0000004 | 401 | Name or password is wrong. | Look at the log of the person; do not ask them for their password.
E0000005 | 403 | The session is no longer valid. | Sign in again.
E0000006 | 403 | The credential may not do this. | Its administrator role or scope does not cover it; get_okta_scope_status tells what it has.
E0000007 | 404 | There is nothing with this id. | Take the id from a list tool. It may be deleted, or be in another organization.
E0000008 | 404 | The address of the request does not exist. | The organization may lack the feature.
E0000009 | 500 | A fault inside Okta. | Wait a minute and try once more; then look at status.okta.com.
E0000010 | 503 | Okta is in maintenance and takes no changes. | Reading works; change later.
E0000011 | 401 | The API token or access token is not valid: revoked, expired, mistyped, or of another organization. | Run castellan doctor; make a new token, or sign in again.
E0000014 | 403 | A credential of a person could not be changed. | Their password may be kept elsewhere (Active Directory, LDAP, another identity provider): change it there.
E0000015 | 401 | The organization lacks this feature. | Ask Okta, or whoever manages the contract.
E0000016 | 403 | The person is active already. | Nothing to activate; for a new invitation the person must not have finished the first one.
E0000017 | 403 | The password cannot be reset in the person's present status. | Look at the status first: somebody suspended must be unsuspended, somebody staged activated.
E0000022 | 405 | The operation does not exist here. | A fault of the client; report it.
E0000023 | 403 | The profile of the person is owned by another system. | Change it there (HR system, Active Directory); Okta takes it over.
E0000028 | 400 | A parameter is missing. | The cause names it.
E0000029 | 400 | The place in the list is not valid. | Begin the list anew, without a cursor.
E0000031 | 400 | The search expression is not valid. | Castellan checks expressions before it sends them; look at operator and attribute.
E0000032 | 403 | This person cannot be unlocked. | Only somebody LOCKED_OUT can be; look at the status.
E0000033 | 400 | Two ways to search were mixed. | Use one of query, search and filter.
E0000034 | 403 | A forgotten password cannot be recovered for this person. | Recovery is off for them, or their password is kept elsewhere.
E0000035 | 403 | The password of this person cannot be changed. | It is kept elsewhere, or the status does not allow it.
E0000036 | 403 | The recovery question of this person cannot be changed. | The policy does not use one, or the status does not allow it.
E0000038 | 403 | The person's status does not allow this. | Look at the status; ACTIVE can be suspended, SUSPENDED unsuspended, LOCKED_OUT unlocked, STAGED activated.
E0000039 | 403 | Settings of the application could not be changed. | Look at its kind: some settings exist only for some kinds.
E0000040 | 400 | Another application has this label. | Choose another label.
E0000041 | 400 | The way that this application signs people in takes no such credential. | Leave the username or password out.
E0000046 | 403 | A person cannot be taken from this application. | They have it through a group: take the group, or the person out of the group.
E0000047 | 429 | Too many requests. | Castellan waits and repeats by itself; ask for less at once, or wait a minute.
E0000053 | 400 | The filter is not valid. | Filters know fewer attributes and operators than searches.
E0000055 | 409 | A group of this name exists. | Use it, or choose another name.
E0000056 | 403 | The application cannot be deleted. | It must be inactive first.
E0000057 | 403 | A policy denies access to the application. | Read its access policy and the sign-on events of the person.
E0000058 | 403 | The application asks for a second factor. | The person enrolls one, or the policy is changed.
E0000060 | 501 | Okta does not do this here. | The kind of object or the organization does not allow it.
E0000062 | 409 | The person is assigned to the application already. | Nothing to do.
E0000064 | 401 | The password is expired. | The person chooses a new one at the next sign-in.
E0000068 | 403 | The code or answer is wrong. | The person tries again; a clock that is off makes every code wrong.
E0000069 | 403 | The account is locked. | Find out why before you unlock it: a stranger may be guessing.
E0000073 | 403 | The person refused the push. | Ask whether it was them who signed in. If not, treat the password as known to somebody else.
E0000075 | 403 | The attribute is sent to an application and cannot be set there. | Change it at its source.
E0000076 | 405 | The account in the application is owned by the application. | Change it there.
E0000077 | 403 | The attribute can only be read. | It is set by another system, or the profile says so.
E0000078 | 403 | The attribute never changes once it is set. | Leave it out.
E0000079 | 403 | The sign-in is at another step. | The person starts the sign-in anew.
E0000080 | 403 | The password is not strong enough for the policy. | The person chooses another.
E0000082 | 403 | The code was used already. | The person waits for the next one.
E0000083 | 403 | The code is too old. | The clock of the phone may be off.
E0000085 | 403 | A policy refuses the sign-in. | Read the event in the log and the sign-on policy; nothing is wrong with the password.
E0000086 | 403 | The policy cannot be activated now. | Something that it needs is missing or inactive.
E0000087 | 403 | The answer to the recovery question is wrong. | Another way to recover, or a reset by an administrator who has made sure who it is.
E0000090 | 409 | The person or group has this role already. | Nothing to do.
E0000091 | 400 | The role is of a kind that does not fit. | Choose another role.
E0000093 | 400 | The role has as many targets as it can. | Give it for fewer, or for all.
E0000094 | 400 | Okta does not know this filter here. | Search, or filter by something else.
E0000095 | 403 | Recovery is refused for a person that Okta does not know. | Check the spelling of the login.
E0000098 | 400 | The phone number is not valid. | Write it with + and country code.
E0000105 | 403 | The recovery link is used up or too old. | Send a new one.
E0000107 | 403 | The object is not in the state that the step needs. | Read its status, then take the step that fits.
E0000109 | 429 | An SMS was sent just now. | Wait half a minute.
E0000110 | 403 | The link is used up or too old. | Send a new one.
E0000112 | 409 | The person is still being activated. | Try again in some minutes.
E0000117 | 403 | An inactive person cannot get applications. | Activate them first.
E0000118 | 429 | A mail was sent just now. | Wait some seconds.
E0000119 | 403 | The account is locked. | Find out why before you unlock it.
E0000133 | 429 | A call was made just now. | Wait half a minute.
E0000134 | 502 | An inline hook gave no usable answer. | Whoever runs the hook must look; sign-in or import waits for it.
E0000137 | 504 | An inline hook did not answer. | Whoever runs the hook must look.
E0000146 | 429 | The organization has used up its SMS of the day. | Other factors; somebody may also be making Okta send messages: look at the log.
E0000148 | 403 | The kind of factor is used by a policy. | Take it out of the policies first.
E0000152 | 403 | The device is in another state. | Read its status first.
E0000156 | 410 | The person does not exist any more. | Nothing to do.
E0000181 | 503 | Okta is not available for a moment. | Wait and try again.
E0000192 | 400 | A group that is filled by rules cannot give administrator roles. | Take a group without rules.
E0000193 | 400 | A group of more than 5,000 people cannot give administrator roles. | Take a smaller group.
E0000194 | 400 | Only groups of Okta, Active Directory and LDAP can give administrator roles. | Take one of these.
E0000207 | 401 | Name or password is wrong. | Look at the log of the person.
E0000211 | 400 | A built-in group cannot give administrator roles. | Take a group of your own.
E0000219 | 403 | No factor that resists phishing would be left. | Enroll another one first.
E0000231 | 412 | The object was changed in the meantime. | Read it again, look at what is different, then decide anew.
E0000239 | 423 | Okta is putting policies in order. | Wait a moment and try again.
E0000240 | 502 | An agent (Active Directory, LDAP) did not answer in time. | Whoever runs the agents must look.
E0000241 | 504 | No agent is connected. | Whoever runs the agents must look; people whose passwords are kept there cannot sign in.
E0000249 | 409 | A group rule is still being set up. | Try again in a moment.
E0000259 | 403 | The person may not sign in now. | Read the event in the log.
E0000268 | 409 | Roles are being changed by somebody else. | Try again in a moment.
`;

export function listErrorCodes(): readonly ErrorCodeFacts[] {
  return table
    .trim()
    .split('\n')
    .map((line) => {
      const [code = '', status = '', meaning = '', todo = ''] = line.split(' | ');
      return { code, status: Number(status), meaning, todo };
    });
}

export function writeErrorCodes(): string {
  const lines = listErrorCodes().map(({ code, status, meaning, todo }) => `- ${code} (${status}) ${meaning} ${todo}`);
  return `# Okta’s error codes\n\nWhat each means, and what to do. Only the code is stable; the words beside it change.\n\n${lines.join('\n')}\n`;
}
