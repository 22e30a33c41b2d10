// The sign-in form of every simulated identity provider: a login and the company's one password, which the form itself tells.

import { type Html, html } from './page.ts';

/** Of everybody in the company. No secret: it opens nothing but what is invented. */
export const sandboxPassword = 'Larkspur-Sandbox-1';

/** Somebody to try, and what is special about the account. */
export interface Suggestion {
  login: string;
  about: string;
}

export interface SignInForm {
  /** Who asks, and for what. */
  intro: Html;
  /** Where the form goes, and what it takes along. */
  action: string;
  hidden: Readonly<Record<string, string>>;
  /** What the provider calls a login. */
  loginLabel: string;
  /** What stands in the field: what was typed before, or what the application said. */
  login: string | undefined;
  /** What was wrong with the last try. */
  wrong: string | undefined;
  suggestions: readonly Suggestion[];
  /** What is asked for, where the person must agree to it. */
  scopes?: readonly string[] | undefined;
  yes: string;
  no: string;
}

export function signInForm(form: SignInForm): Html {
  const { intro, action, hidden, loginLabel, login, wrong, suggestions, scopes, yes, no } = form;
  return html`${intro}
<p>Everybody’s password here is <kbd>${sandboxPassword}</kbd></p>
${wrong !== undefined && html`<p class="wrong" role="alert" id="wrong">${wrong}</p>`}
<form method="post" action="${action}">
${Object.entries(hidden).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}
<label class="text">${loginLabel}<input type="text" name="login" list="people" value="${login ?? ''}" autocomplete="username" autocapitalize="none" spellcheck="false"${wrong !== undefined && html` aria-describedby="wrong"`}></label>
<datalist id="people">${suggestions.map(({ login: who }) => html`<option value="${who}">`)}</datalist>
<label class="text">Password<input type="password" name="password" autocomplete="current-password"></label>
${
  scopes &&
  html`<p class="soft">It asks for these scopes:</p>
<ul class="scopes">${scopes.map((scope) => html`<li>${scope}</li>`)}</ul>`
}
<div class="choices"><button name="decision" value="allow">${yes}</button><button class="no" name="decision" value="deny">${no}</button></div>
</form>
<h2>For example as</h2>
<ul class="people">
${suggestions.map(({ login: who, about }) => html`<li><kbd>${who}</kbd><span>${about}</span></li>`)}
</ul>`;
}
