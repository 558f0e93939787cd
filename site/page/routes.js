// What can be chosen: a route, the servers, a part of them. Made once and then kept, so that the keyboard stays where it is.
import { make, one, prose } from './dom.js';
import { TABS, data, link, read } from './state.js';

/** Marks the link that leads to what is shown, and lets all others lead on from there. */
function mark(links, state, key, current) {
  for (const [value, element] of links) {
    element.href = link({ ...state, [key]: value });
    if (state[key] === value) element.setAttribute('aria-current', current);
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

/** What the route is. */
function title({ operation }) {
  const { method, pattern, query, summary } = data.routes.find(route => route.operation === operation);
  const keys = query ? `?${query.split(',').map(key => `${key}=`).join('&')}` : '';
  one('title').replaceChildren(make('code', {}, `${method} ${pattern}${keys}`));
  one('summary').replaceChildren(...prose(summary));
  document.title = `${method} ${pattern} · Sextet`;
}

/** Makes all of it; what comes back shows a state. */
export function choices() {
  const parts = [routes(), tabs(), servers(), title];
  return state => parts.forEach(part => part(state));
}
