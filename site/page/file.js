// A whole file, with some of its lines marked: what the line numbers of the panes lead to.
import { make, one } from './dom.js';
import { data, fileLink } from './state.js';

function line(pieces, number, path, isChosen) {
  const text = pieces.map(([kind, text]) => (kind ? make('span', { class: kind }, text) : text));
  const place = make('a', { href: fileLink(path, number, number), class: 'number', 'aria-label': `line ${number}` }, String(number));
  return make('li', { class: isChosen && 'chosen' }, place, make('code', {}, text));
}

/** Fills the view. */
export function showFile({ file, from, to }) {
  const { path, lines } = data.files[file];
  const all = lines.map((pieces, at) => line(pieces, at + 1, path, from <= at + 1 && at + 1 <= to));
  const whole = make('div', { class: 'file', tabindex: 0, role: 'region', 'aria-label': path }, make('ol', {}, all));
  one('file-view').replaceChildren(whole);
  whole.querySelector('.chosen')?.scrollIntoView({ block: 'center' });
}
