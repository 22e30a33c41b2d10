// How every page for people looks: light and dark, wide and narrow, in the reader's own fonts.

export const style = `
:root {
  color-scheme: light dark;
  --ground: #f5f6f8; --surface: #ffffff; --sunk: #eef0f4; --line: #d5dae2; --text: #1a212b; --quiet: #535e6d;
  --accent: #2a52be; --on-accent: #ffffff; --accent-soft: #e8edfb;
  --bad: #a8231b; --bad-soft: #fdecea; --good: #17692f; --good-soft: #e6f4ea; --warn: #7a4d00; --warn-soft: #fdf3dc;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #11151b; --surface: #1a2029; --sunk: #232b36; --line: #37414f; --text: #e7ebf1; --quiet: #a9b4c2;
    --accent: #93b4ff; --on-accent: #0e1a33; --accent-soft: #22304d;
    --bad: #ffa198; --bad-soft: #3a1f1e; --good: #7ddb95; --good-soft: #16301f; --warn: #f3c667; --warn-soft: #352a12;
  }
}
*, *::before, *::after { box-sizing: border-box; }
html { font: 100%/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; -webkit-text-size-adjust: 100%; }
body { margin: 0; min-height: 100vh; display: flex; flex-direction: column; background: var(--ground); color: var(--text); overflow-wrap: break-word; }
h1 { font-size: 1.75rem; line-height: 1.2; letter-spacing: -0.01em; margin: 0 0 1.25rem; text-wrap: balance; }
h2 { font-size: 1.125rem; line-height: 1.3; margin: 2.25rem 0 0.75rem; }
h3 { font-size: 1rem; margin: 0 0 0.5rem; }
p, ul, ol, dl, pre, table { margin: 0 0 1rem; }
ul, ol { padding-left: 1.25rem; }
li + li { margin-top: 0.375rem; }
a { color: var(--accent); text-underline-offset: 0.18em; }
a:hover { text-decoration-thickness: 2px; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: 4px; }
code, pre, samp { font-family: ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: 0.875em; }
code { background: var(--sunk); border-radius: 4px; padding: 0.1em 0.35em; overflow-wrap: anywhere; }
pre { background: var(--sunk); border: 1px solid var(--line); border-radius: 8px; padding: 0.875rem 1rem; white-space: pre-wrap; overflow-wrap: anywhere; tab-size: 2; }
pre code { background: none; padding: 0; font-size: 1em; }
strong { font-weight: 650; }
hr { border: 0; border-top: 1px solid var(--line); margin: 2rem 0; }
[hidden] { display: none !important; }
.skip { position: absolute; left: 0.75rem; top: -4rem; background: var(--accent); color: var(--on-accent); padding: 0.5rem 1rem; border-radius: 6px; z-index: 1; }
.skip:focus { top: 0.75rem; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.head { background: var(--surface); border-bottom: 1px solid var(--line); }
.bar { max-width: 66rem; width: 100%; margin: 0 auto; padding: 0.75rem 1.25rem; display: flex; flex-wrap: wrap; align-items: center; gap: 0.5rem 1.5rem; }
.brand { display: inline-flex; align-items: center; gap: 0.5rem; font-weight: 650; color: var(--text); text-decoration: none; }
.brand svg { width: 1.5rem; height: 1.5rem; color: var(--accent); }
.sections { display: flex; flex-wrap: wrap; gap: 0.25rem; margin: 0; padding: 0; list-style: none; }
.sections li { margin: 0; }
.sections a { display: block; padding: 0.375rem 0.7rem; border-radius: 6px; color: var(--quiet); text-decoration: none; }
.sections a:hover { background: var(--sunk); color: var(--text); }
.sections a[aria-current] { background: var(--accent-soft); color: var(--accent); font-weight: 600; }
.person { margin-left: auto; display: flex; align-items: center; gap: 0.75rem; color: var(--quiet); min-width: 0; }
.person form { flex: none; margin: 0; }
.person .name { max-width: 18rem; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
main { flex: 1; max-width: 66rem; width: 100%; margin: 0 auto; padding: 2.25rem 1.25rem 4rem; }
main.narrow { max-width: 40rem; }
main:focus { outline: none; }
.foot { border-top: 1px solid var(--line); color: var(--quiet); font-size: 0.875rem; }
.foot p { margin: 0; }
.quiet { color: var(--quiet); }
.small { font-size: 0.875rem; }
.lead { font-size: 1.125rem; color: var(--quiet); max-width: 44rem; }
.card { background: var(--surface); border: 1px solid var(--line); border-radius: 12px; padding: 1.25rem; margin: 0 0 1rem; }
.card > :last-child { margin-bottom: 0; }
.card > :first-child { margin-top: 0; }
.card h2 { margin-top: 0; }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(17rem, 100%), 1fr)); gap: 1rem; margin: 0 0 1rem; }
.cards > .card { margin: 0; }
.figure { font-size: 1.75rem; line-height: 1.2; font-weight: 650; }
.row { display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: 0.5rem 1rem; }
.row > * { margin: 0; min-width: 0; }
.card > .row { align-items: start; margin-bottom: 0.75rem; }
.card > .row:last-child { margin-bottom: 0; }
.note { border: 1px solid var(--line); border-left: 4px solid var(--accent); background: var(--surface); border-radius: 8px; padding: 0.75rem 1rem; margin: 0 0 1.25rem; }
.note > :last-child { margin-bottom: 0; }
.note.bad { border-left-color: var(--bad); }
.note.good { border-left-color: var(--good); }
.note.warn { border-left-color: var(--warn); }
.chip { display: inline-block; border-radius: 999px; padding: 0.1rem 0.6rem; font-size: 0.8125rem; font-weight: 600; white-space: nowrap; background: var(--sunk); color: var(--quiet); }
.chip.good { background: var(--good-soft); color: var(--good); }
.chip.bad { background: var(--bad-soft); color: var(--bad); }
.chip.warn { background: var(--warn-soft); color: var(--warn); }
button, .button { display: inline-block; font: inherit; font-weight: 600; line-height: 1.3; padding: 0.6rem 1.1rem; border: 1px solid var(--line); border-radius: 8px; background: var(--surface); color: var(--text); cursor: pointer; text-decoration: none; text-align: center; }
button:hover, .button:hover { background: var(--sunk); }
.main-button { background: var(--accent); border-color: var(--accent); color: var(--on-accent); }
.main-button:hover { background: var(--accent); filter: brightness(1.08); }
.bad-button { color: var(--bad); border-color: var(--bad); }
.bad-button:hover { background: var(--bad-soft); }
.plain-button { border-color: transparent; background: none; color: var(--accent); font-weight: 500; }
.slight { padding: 0.25rem 0.7rem; font-size: 0.875rem; font-weight: 500; }
.buttons { display: flex; flex-wrap: wrap; gap: 0.75rem; margin: 1.25rem 0 0; }
form { margin: 0; }
label { font-weight: 600; }
input[type=text], input[type=search], input[type=email], input[type=password], select { display: block; width: 100%; max-width: 26rem; font: inherit; padding: 0.55rem 0.75rem; margin: 0.25rem 0 1rem; color: var(--text); background: var(--surface); border: 1px solid var(--quiet); border-radius: 8px; }
input[type=checkbox], input[type=radio] { width: 1.15rem; height: 1.15rem; margin: 0.2rem 0 0; accent-color: var(--accent); flex: none; }
fieldset { border: 1px solid var(--line); border-radius: 12px; padding: 0.75rem 1.25rem 1rem; margin: 0 0 1rem; min-width: 0; }
legend { font-weight: 600; padding: 0 0.4rem; }
.choice { display: flex; gap: 0.75rem; padding: 0.4rem 0; margin: 0; }
.choice .mark { flex: 0 0 1.15rem; text-align: center; color: var(--good); font-weight: 700; }
.choice label { font-weight: 400; }
.search { display: flex; flex-wrap: wrap; align-items: end; gap: 0.5rem 0.75rem; margin: 0 0 1.25rem; }
.search > div { flex: 1 1 16rem; max-width: 26rem; }
.search input { margin-bottom: 0; }
dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 0.4rem 1.25rem; }
dt { color: var(--quiet); }
dd { margin: 0; overflow-wrap: anywhere; }
.scroll { background: var(--surface); border: 1px solid var(--line); border-radius: 12px; margin: 0 0 1rem; overflow: hidden; }
table { width: 100%; border-collapse: collapse; margin: 0; }
caption { text-align: left; }
th, td { text-align: left; vertical-align: top; padding: 0.6rem 1rem; border-top: 1px solid var(--line); overflow-wrap: anywhere; }
thead th { border-top: 0; font-size: 0.8125rem; color: var(--quiet); font-weight: 600; }
tbody th { font-weight: 600; }
tbody tr:hover { background: var(--sunk); }
time { font-variant-numeric: tabular-nums; }
.copy { display: flex; flex-wrap: wrap; align-items: start; gap: 0.5rem; margin: 0 0 1rem; }
.copy pre { flex: 1 1 20rem; min-width: 0; margin: 0; }
.copy button { flex: none; min-width: 5.5rem; }
.records { list-style: none; padding: 0; }
.pager { display: flex; justify-content: space-between; gap: 1rem; }
@media (max-width: 44rem) {
  html { font-size: 95%; }
  main { padding-top: 1.5rem; }
  .bar { padding: 0.75rem 1rem; }
  main { padding-left: 1rem; padding-right: 1rem; }
  .head nav { order: 3; width: 100%; }
  .sections { gap: 0.125rem; margin: 0 -0.4rem; font-size: 0.875rem; }
  .sections a { padding: 0.375rem 0.4rem; }
  .person { flex: 1 1 0; justify-content: flex-end; }
  .person .name { font-size: 0.875rem; }
  dl { grid-template-columns: minmax(0, 1fr); gap: 0 0; }
  dd + dt { margin-top: 0.6rem; }
  .scroll { border: 0; background: none; border-radius: 0; }
  table, tbody, tr, th, td { display: block; }
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  tbody tr { background: var(--surface); border: 1px solid var(--line); border-radius: 12px; padding: 0.6rem 1rem; margin: 0 0 0.75rem; }
  th, td { border: 0; padding: 0.2rem 0; }
  td { display: flex; gap: 0.75rem; }
  td[data-label]::before { content: attr(data-label); flex: 0 0 6rem; color: var(--quiet); }
  td > * { min-width: 0; }
  .buttons > *, .buttons button { flex: 1 1 auto; }
}
@media (prefers-reduced-motion: no-preference) { .skip { transition: top 0.12s; } }
@media (forced-colors: active) {
  .chip, .card, .note, button, .button { border: 1px solid; }
  .sections a[aria-current] { border-bottom: 3px solid; }
}
@media print { .head nav, .person, .foot, button { display: none; } }
`;
