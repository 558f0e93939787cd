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

/** `#file/servers/axum-server/src/routes.rs:12-40` */
export function fileLink(path, first, last) {
  return `#file/${path}:${first}-${last}`;
}

/** `#verdicts/warp-server/stock` */
export function verdictLink(server, stock) {
  return `#verdicts/${server}/${stock ? 'stock' : 'hardened'}`;
}

/** `#figures/plaintext` */
export function figureLink(name) {
  return `#figures/${encodeURIComponent(name)}`;
}

/** Which route, servers and part were shown last: the other views lead back to them. */
let last = '';

/** What the address says; what it does not say, or says wrongly, is as at first. */
export function read() {
  const said = decoded();
  const [view, ...rest] = said.split('/');
  const others = { file: readFile, verdicts: readVerdicts, figures: readFigures };
  if (!Object.hasOwn(others, view)) last = said;
  return { view: 'code', ...readCode(last), ...others[view]?.(rest) };
}

function decoded() {
  try {
    return decodeURIComponent(location.hash.slice(1));
  } catch {
    return '';
  }
}

const known = (all, wanted, first) => (all.includes(wanted) ? wanted : first);

function readCode(said) {
  const [operation, tab, servers = ''] = said.split('/');
  const chosen = data.servers.map(server => server.name).filter(name => servers.split('+').includes(name));
  return {
    operation: known(data.routes.map(route => route.operation), operation, 'get_todo'),
    tab: known(TABS.map(({ id }) => id), tab, 'routes'),
    servers: chosen.length > 0 ? chosen : AT_FIRST,
  };
}

function readFile(rest) {
  const [, path, from, to] = rest.join('/').match(/^(.*):(\d+)-(\d+)$/) ?? [];
  const file = data.files.findIndex(file => file.path === path);
  return file < 0 ? {} : { view: 'file', file, from: Number(from), to: Number(to) };
}

function readVerdicts([server, kind]) {
  const judged = data.servers.find(({ name }) => name === server);
  return { view: 'verdicts', judged: judged?.name, stock: kind === 'stock' };
}

function readFigures(rest) {
  const names = data.figures.map(section => section.name);
  return { view: 'figures', section: known(names, rest.join('/'), names[0]) };
}
