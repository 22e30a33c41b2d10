// The one script of our pages: buttons that copy the text beside them. Without scripts they are not shown, and the text is
// selected by hand.

/** A button `data-copies="ID"` copies what stands in the element of that id; `data-copied` is what it then says. */
export const copyScript = `
for (const button of document.querySelectorAll('button[data-copies]')) {
  const source = document.getElementById(button.dataset.copies);
  const said = document.getElementById('copied');
  const usual = button.textContent;
  button.hidden = false;
  button.addEventListener('click', async () => {
    const range = document.createRange();
    range.selectNodeContents(source);
    const selection = getSelection();
    selection.removeAllRanges();
    selection.addRange(range);
    let done = true;
    try {
      if (navigator.clipboard) await navigator.clipboard.writeText(source.textContent);
      else done = document.execCommand('copy');
    } catch {
      done = false;
    }
    button.textContent = done ? 'Copied' : 'Selected';
    if (said) said.textContent = done ? 'Copied.' : 'Selected: copy it with the keyboard.';
    setTimeout(() => { button.textContent = usual; if (said) said.textContent = ''; }, 2500);
  });
}
`;
