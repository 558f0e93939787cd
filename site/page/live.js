// The six, asked: all at once, their answers beside each other, and what they differ in.
import { make, one } from './dom.js';
import { data, read } from './state.js';
import { asked, curl, differences, form, recorded, send } from './ask.js';

const AT_ONCE = 50;
const origins = new Map();
let running = new AbortController();

/** Where a server is, unless the reader says otherwise: at its port, on this page's machine. */
function first(port) {
  const host = location.protocol.startsWith('http') ? location.hostname : '127.0.0.1';
  return `http://${host.includes(':') ? `[${host.replace(/[[\]]/g, '')}]` : host}:${port}`;
}

/** The servers' addresses, to be changed by hand. */
function addresses() {
  const fields = data.servers.map(({ name, port }) => {
    const input = make('input', { type: 'url', value: first(port), autocomplete: 'off', spellcheck: 'false' });
    origins.set(name, input);
    return make('label', {}, make('span', {}, name), input);
  });
  one('addresses').append(...fields);
}

/** The siblings that this page's own server knows. */
async function find() {
  const said = text => { one('found').textContent = text; };
  try {
    const ask = async (path, media) => (await fetch(path, { cache: 'no-store', headers: { accept: media } })).json();
    const [{ name: own }, members] = await Promise.all(['/', '/members'].map(path => ask(path, 'application/json')));
    const alive = members.filter(({ name, state }) => state === 'alive' && origins.has(name));
    for (const { name, address } of alive) origins.get(name).value = `http://${address}`;
    if (origins.has(own)) origins.get(own).value = location.origin;
    said(`${own} has sent this page; ${alive.length} found by gossip`);
  } catch {
    said('no server of the six has sent this page: start one, or type addresses');
  }
}

/** Where a server is, as the field says. */
export const origin = name => origins.get(name).value.replace(/\/+$/, '');

function current() {
  const state = read();
  const route = data.routes.find(route => route.operation === state.operation);
  return { route, chosen: state.servers };
}

/** All chosen servers get the same request at the same time. */
async function sendAll() {
  running.abort();
  running = new AbortController();
  const { route, chosen } = current();
  if (!one('ask').reportValidity()) return;
  const request = asked(route);
  const waits = route.operation === 'events' ? 'waiting for events: with a limit the answer ends' : 'waiting';
  const cells = chosen.map(name => make('div', { class: 'answer' }, make('h4', {}, name), make('p', { class: 'none' }, waits)));
  one('answers').style.setProperty('--panes', chosen.length);
  one('answers').replaceChildren(...cells);
  one('verdict').textContent = '';
  const { signal } = running;
  const ask = async name => ({ name, origin: origin(name), answer: await send(origin(name), request, signal) });
  const results = await Promise.allSettled(chosen.map(ask));
  if (signal.aborted) return;
  const answered = results.filter(result => result.status === 'fulfilled').map(result => result.value);
  if (answered.length === 0) return replay(route, request, cells, chosen);
  results.forEach((result, at) => cells[at].replaceChildren(...cell(chosen[at], request, result.value, answered[0])));
  one('verdict').textContent = verdict(results, answered);
}

/** Where none of the six runs, what they once answered to what the form said at first. */
function replay(route, request, cells, chosen) {
  const found = chosen.map(name => recorded(route.operation, name));
  const base = found.find(Boolean);
  found.forEach((result, at) => cells[at].replaceChildren(...cell(chosen[at], request, result, base)));
  const told = `These were recorded on ${data.recorded.day}, of the form as it is at first. Start the six by: cargo run --bin all-servers`;
  one('verdict').textContent = base ? `None of the six answers this page. ${told}` : 'None of the six answers this page, and what they answer to this was not recorded.';
}

function verdict(results, answered) {
  const silent = results.length - answered.length;
  if (silent > 0) return `${silent} of ${results.length} did not answer.`;
  const different = answered.filter(one => differences(answered[0], one).length > 0).length;
  if (answered.length < 2) return 'One answer: choose more servers to compare.';
  return different === 0 ? `All ${answered.length} answers are the same, byte for byte.` : `${different} of ${answered.length} differ from the first; what differs is marked.`;
}

function cell(name, request, result, base) {
  const line = make('p', { class: 'curl' }, make('code', {}, curl(origin(name), request)));
  if (!result) {
    const why = 'no answer: it does not run there, or does not let this page read it';
    return [make('h4', {}, name), make('p', { class: 'none', role: 'alert' }, why), line];
  }
  const { answer } = result;
  const differ = differences(base, result);
  const mark = (what, text) => (differ.includes(what) ? make('mark', {}, text) : text);
  const headers = answer.headers.flatMap(([field, value]) => [mark(field, `${field}: ${value}`), '\n']);
  const shown = new TextDecoder().decode(answer.bytes.slice(0, 4096));
  const more = answer.size > 4096 ? `\n… ${answer.size} bytes in all` : '';
  const raw = make('code', {}, mark('status', `${answer.status} ${answer.text}`), '\n', ...headers, '\n', mark('body', shown), more);
  return [
    make('h4', {}, answer.ms > 0 ? `${name}, ${answer.ms.toFixed(1)} ms` : name),
    make('pre', { tabindex: 0, role: 'region', 'aria-label': `answer of ${name}` }, raw),
    line,
  ];
}

/** One after the other on each server, the servers in turn, so that all have the same company. */
async function sendMany() {
  running.abort();
  running = new AbortController();
  const { signal } = running;
  const { route, chosen } = current();
  if (!one('ask').reportValidity()) return;
  const request = asked(route);
  const times = new Map(chosen.map(name => [name, []]));
  for (let round = 0; round < AT_ONCE && !signal.aborted; round += 1) {
    for (const name of chosen) {
      try {
        times.get(name).push((await send(origin(name), request, signal)).ms);
      } catch {
        times.set(name, null);
        chosen.splice(chosen.indexOf(name), 1);
      }
    }
    one('verdict').textContent = `${round + 1} of ${AT_ONCE}`;
  }
  if (signal.aborted) return;
  one('verdict').textContent = `${AT_ONCE} requests to each, in turn. As this browser sees it: to compare servers, read the figures.`;
  one('answers').replaceChildren(...[...times].map(([name, all]) => histogram(name, all)));
}

/** Times in classes that double. */
function histogram(name, times) {
  if (!times?.length) return make('div', { class: 'answer' }, make('h4', {}, name), make('p', { class: 'none' }, 'no answer'));
  const sorted = [...times].sort((one, other) => one - other);
  const at = share => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))].toFixed(1);
  const bounds = [0.5, 1, 2, 4, 8, 16, 32, 64, Infinity];
  const counts = bounds.map((most, index) => sorted.filter(ms => ms <= most && ms > (bounds[index - 1] ?? -1)).length);
  const rows = bounds.map((most, index) => make('tr', {},
    make('th', { scope: 'row' }, most === Infinity ? 'more' : `≤ ${most} ms`),
    make('td', {}, make('meter', { max: sorted.length, value: counts[index], 'aria-label': `${counts[index]} requests` }, String(counts[index]))),
    make('td', {}, String(counts[index]))));
  return make('div', { class: 'answer' }, make('h4', {}, `${name}: half within ${at(0.5)} ms, nine in ten within ${at(0.9)} ms`), make('table', {}, make('tbody', {}, rows)));
}

/** Makes it; what comes back shows a state. */
export function live() {
  addresses();
  one('ask').addEventListener('submit', event => { event.preventDefault(); sendAll(); });
  one('many').addEventListener('click', sendMany);
  if (location.protocol.startsWith('http')) find();
  let shown;
  return ({ operation }) => {
    if (operation === shown) return;
    shown = operation;
    running.abort();
    form(data.routes.find(route => route.operation === operation));
    one('answers').replaceChildren();
    one('verdict').textContent = '';
  };
}
