// What is shown, as the part of the address behind the `#`: every view has a link.
import { one } from './dom.js';

/** What the page was built with. */
export const data = JSON.parse(one('data').textContent);

/** The parts of a server, in reading order. */
export const TABS = [
  { id: 'routes', name: 'routes' },
  { id: 'extract', name: 'extract' },
  { id: 'respond', name: 'respond' },
  { id: 'middleware', name: 'middleware' },
  { id: 'listen', name: 'listen' },
  { id: 'all', name: 'everything this request touches' },
];

/** So many at first: more do not fit beside each other on most screens. */
const AT_FIRST = ['axum-server', 'actix-web-server', 'warp-server'];

/** `#get_todo/routes/axum-server+warp-server` */
export function link({ operation, tab, servers }) {
  return `#${operation}/${tab}/${servers.join('+')}`;
}

/** What the address says; what it does not say, or says wrongly, is as at first. */
export function read() {
  const [operation, tab, servers = ''] = decodeURIComponent(location.hash.slice(1)).split('/');
  const chosen = data.servers.map(server => server.name).filter(name => servers.split('+').includes(name));
  const known = (all, wanted, first) => (all.includes(wanted) ? wanted : first);
  return {
    operation: known(data.routes.map(route => route.operation), operation, 'get_todo'),
    tab: known(TABS.map(one => one.id), tab, 'routes'),
    servers: chosen.length > 0 ? chosen : AT_FIRST,
  };
}
