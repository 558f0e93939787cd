// What can be chosen: a view, a route, the servers, a part of them. Made once and then kept, so that the keyboard stays where it is.
import { make, one, prose } from './dom.js';
import { TABS, data, figureLink, link, read } from './state.js';

/** Marks the link that leads to what is shown, and lets all others lead on from there. */
function mark(links, state, key, current) {
  for (const [value, element] of links) {
    element.href = link({ ...state, [key]: value });
    if (state.view === 'code' && state[key] === value) element.setAttribute('aria-current', current);
    else element.removeAttribute('aria-current');
  }
}

/** The routes by group, at the left. */
function routes() {
  const links = new Map(data.routes.map(({ operation, method, pattern }) => [operation, make('a', {},
    make('code', { class: 'method' }, method), make('code', { class: 'pattern' }, pattern))]));
  const groups = [...new Set(data.routes.map(route => route.group))];
  const entries = group => data.routes.filter(route => route.group === group).map(({ operation }) => make('li', {}, links.get(operation)));
  one('routes').replaceChildren(...groups.flatMap(group => [make('h2', {}, group), make('ul', {}, entries(group))]));
  return state => mark(links, state, 'operation', 'page');
}

/** What is shown of a server. */
function tabs() {
  const links = new Map(TABS.map(({ id, name }) => [id, make('a', {}, name)]));
  one('tabs').replaceChildren(...links.values());
  return state => mark(links, state, 'tab', 'true');
}

/** Whose panes are shown; the last one cannot be taken away. */
function servers() {
  const boxes = new Map(data.servers.map(({ name }) => [name, make('input', { type: 'checkbox' })]));
  const chosen = () => [...boxes].filter(([, box]) => box.checked).map(([name]) => name);
  const labels = [...boxes].map(([name, box]) => make('label', {}, box, name));
  one('servers').append(...labels);
  one('servers').addEventListener('change', () => { location.hash = link({ ...read(), servers: chosen() }); });
  return state => {
    for (const [name, box] of boxes) {
      box.checked = state.servers.includes(name);
      box.disabled = box.checked && state.servers.length === 1;
    }
  };
}

/** The views; the first leads back to the route that was shown last. */
function views() {
  const links = { code: make('a', {}, 'Routes'), verdicts: make('a', { href: '#verdicts' }, 'Verdicts'), figures: make('a', { href: figureLink('') }, 'Figures') };
  one('views').append(...Object.values(links));
  return state => {
    links.code.href = link(state);
    for (const [view, element] of Object.entries(links)) {
      const isCurrent = view === state.view || (view === 'code' && state.view === 'file');
      if (isCurrent) element.setAttribute('aria-current', 'page');
      else element.removeAttribute('aria-current');
    }
  };
}

/** What the view is called, and what it tells. */
function named({ view, operation, file, section }) {
  if (view === 'file') return [data.files[file].path, 'One of the files of a server. Every line number is a link.'];
  if (view === 'verdicts') return ['Verdicts', 'What the judge says of the six: as their frameworks’ own one-liners leave them, and as they are here.'];
  if (view === 'figures') return [section, 'The latest run. What did not pass its gates is not here.'];
  const { method, pattern, query, summary } = data.routes.find(route => route.operation === operation);
  const keys = query ? `?${query.split(',').map(key => `${key}=`).join('&')}` : '';
  return [`${method} ${pattern}${keys}`, summary];
}

/** What is shown. */
function title(state) {
  const [name, says] = named(state);
  const isCode = state.view === 'code' || state.view === 'file';
  one('title').replaceChildren(isCode ? make('code', {}, name) : name);
  one('summary').replaceChildren(...prose(says));
  document.title = `${name} · Sextet`;
}

/** Makes all of it; what comes back shows a state. */
export function choices() {
  const parts = [views(), routes(), tabs(), servers(), title];
  return state => parts.forEach(part => part(state));
}
