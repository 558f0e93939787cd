// Code in panes: one column for each server, one row for each question.
import { make, one } from './dom.js';
import { data, fileLink } from './state.js';

/** The lines, without what all of them are indented by. */
function lines(file, first, last) {
  const all = data.files[file].lines.slice(first - 1, last);
  const indents = all.filter(line => line.length > 0).map(line => line[0][1].match(/^ */)[0].length);
  const indent = Math.min(...indents);
  const code = make('code');
  for (const line of all) {
    const [first, ...others] = line;
    const deep = (first?.[1].match(/^ */)[0].length ?? indent) - indent;
    const cut = first ? [[first[0], first[1].trimStart()], ...others] : [];
    const row = make('span', { class: 'line' }, cut.map(([kind, text]) => (kind ? make('span', { class: kind }, text) : text)));
    // Room instead of spaces: behind spaces a long word would begin a line of its own.
    row.style.setProperty('--deep', deep);
    code.append(row);
  }
  return code;
}

/** Lines of a file, with where they are. */
function piece([file, first, last]) {
  const { path } = data.files[file];
  const place = `${path}:${first}`;
  const pre = make('pre', { tabindex: 0, role: 'region', 'aria-label': place }, lines(file, first, last));
  return make('div', { class: 'piece' }, make('p', {}, make('a', { href: fileLink(path, first, last) }, place)), pre);
}

/** Whole files of a module, with those that are below it. */
function whole(server, module) {
  const belongs = path => path.endsWith(`/${module}.rs`) || path.includes(`/src/${module}/`);
  const files = server.files.filter(file => belongs(data.files[file].path));
  return files.map(file => [file, 1, data.files[file].lines.length]);
}

function among(server, glue, module) {
  return glue.touches.filter(([file]) => data.files[file].module === module);
}

/** The rows of a tab: a heading, and what a server has there. */
function rows(tab, at) {
  const of = module => [{ name: 'what this request touches', of: server => among(server, server.glue[at], module) }];
  const table = { name: 'in the table', of: server => server.glue[at].rows };
  const glue = { name: 'the function', of: server => [server.glue[at].function] };
  switch (tab) {
    case 'extract': return of('extract');
    case 'respond': return of('respond');
    case 'middleware': return [{ name: 'around every route', of: server => whole(server, 'middleware') }];
    case 'listen': return [{ name: 'from the start', of: server => [...whole(server, 'main'), ...whole(server, 'lib')] }];
    case 'all': return [table, glue, { name: 'what they stand on', of: server => server.glue[at].touches }];
    default: return [table, glue];
  }
}

function head(server, at) {
  const { name, style, lines, glue } = server;
  const counted = `${glue[at].lines} lines of glue for this route, ${lines} in all its files`;
  return make('div', { class: 'cell head' }, make('h3', {}, name), make('p', {}, `${style}; ${counted}`));
}

/** Fills the panes. */
export function show({ operation, tab, servers }) {
  const at = data.routes.findIndex(route => route.operation === operation);
  const chosen = data.servers.filter(server => servers.includes(server.name));
  const panes = one('panes');
  panes.style.setProperty('--panes', chosen.length);
  const cells = rows(tab, at).flatMap(row => chosen.map(server => {
    const pieces = row.of(server).map(piece);
    const none = make('p', { class: 'none' }, 'nothing of its own');
    return make('div', { class: 'cell' }, make('h4', {}, row.name), pieces.length > 0 ? pieces : none);
  }));
  panes.replaceChildren(...chosen.map(server => head(server, at)), ...cells);
}
