// /connect: how each MCP client is told about this server, to be copied.

import { html } from 'hono/html';
import { connectionsTo, initFor } from '../../clients/connecting.ts';
import { type Html, renderPage } from '../../pages/frame.ts';
import type { Page } from './visit.ts';

export const showConnect: Page = async ({ person }, { publicUrl }) => {
  const body = html`
<p class="lead">Give your MCP client this address. It opens a browser in which you sign in and say what it may do.</p>
${copied('address', 'the address', publicUrl)}
<p>Where Castellan is installed, it writes it into the clients that it finds:</p>
${copied('init', 'the command', initFor(publicUrl))}
${connectionsTo(publicUrl).map(
  ({ client, how, text, note }, place) => html`<section aria-labelledby="client-${place}">
<h2 id="client-${place}">${client}</h2>
<p>${how.charAt(0).toUpperCase()}${how.slice(1)}:</p>
${copied(`text-${place}`, `what ${client} needs`, text)}
${note && html`<p class="quiet small">${note}</p>`}
</section>`,
)}`;
  return renderPage({ title: 'Connect a client', body, person, section: '/connect', copies: true });
};

export function copied(id: string, what: string, text: string): Html {
  return html`<div class="copy"><pre id="${id}" tabindex="0">${text}</pre><button class="slight" type="button" hidden data-copies="${id}" aria-label="Copy ${what}">Copy</button></div>`;
}
