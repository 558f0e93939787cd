// A request, as the form has it: as a fetch, and as a line for a shell.
import { make, one } from './dom.js';
import { data } from './state.js';

const LABELS = { path: 'path', query: 'query', header: 'header' };

/** The form of a route; the values of the same names stay as the reader left them. */
export function form(route) {
  const kept = new Map([...one('inputs').querySelectorAll('input,textarea')].map(input => [input.name, input.value]));
  const inputs = route.form.inputs.map(({ name, place, required, example }) => {
    const key = `${place}:${name}`;
    const value = kept.get(key) ?? example;
    return make('label', {}, make('span', {}, `${name} `, make('small', {}, LABELS[place])), make('input', { name: key, value, required, autocomplete: 'off', spellcheck: 'false' }));
  });
  if (route.form.body) inputs.push(...body(route));
  one('inputs').replaceChildren(...inputs);
}

function body(route) {
  const { media, example } = route.form.body;
  const text = make('textarea', { name: `body:${route.operation}`, rows: 2, spellcheck: 'false' }, example);
  const label = make('label', { class: 'wide' }, make('span', {}, 'body ', make('small', {}, media)), text);
  if (media !== 'application/octet-stream') return [label];
  return [label, make('label', {}, make('span', {}, 'or a file'), make('input', { type: 'file', name: 'file' }))];
}

/** What the form says now. */
export function asked(route) {
  const value = key => one('inputs').querySelector(`[name="${CSS.escape(key)}"]`)?.value ?? '';
  const of = place => route.form.inputs.filter(input => input.place === place).map(({ name }) => [name, value(`${place}:${name}`)]);
  // A name that spans slashes keeps them.
  const encoded = (name, text) => (route.pattern.includes(`{*${name}}`) ? text.split('/').map(encodeURIComponent).join('/') : encodeURIComponent(text));
  const path = of('path').reduce((path, [name, text]) => path.replace(new RegExp(`\\{\\*?${name}\\}`), () => encoded(name, text)), route.pattern);
  const query = new URLSearchParams(of('query').filter(([, text]) => text !== '')).toString();
  const headers = of('header').filter(([, text]) => text !== '');
  const file = one('inputs').querySelector('[name=file]')?.files[0];
  const sent = route.form.body && (file ?? value(`body:${route.operation}`));
  if (route.form.body) headers.push(['content-type', file?.type || route.form.body.media]);
  return { method: route.method, path: query ? `${path}?${query}` : path, headers, body: sent || undefined, file };
}

/** Sends it, and keeps all that a page may see of the answer. */
export async function send(origin, { method, path, headers, body }, signal) {
  const begin = performance.now();
  const response = await fetch(origin + path, { method, headers, body, signal, cache: 'no-store', redirect: 'manual' });
  const bytes = new Uint8Array(await response.arrayBuffer());
  const ms = performance.now() - begin;
  return { status: response.status, text: response.statusText, headers: [...response.headers], bytes, size: bytes.length, ms };
}

const quoted = text => `'${text.replaceAll("'", "'\\''")}'`;

/** The same for a shell. */
export function curl(origin, { method, path, headers, body, file }) {
  const parts = ['curl -i', quoted(origin + path)];
  if (method !== 'GET') parts.splice(1, 0, `-X ${method}`);
  parts.push(...headers.map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`));
  if (file) parts.push(`--data-binary ${quoted(`@${file.name}`)}`);
  else if (body) parts.push(`--data-binary ${quoted(body)}`);
  return parts.join(' ');
}

/** What a server has answered to this when it was recorded, as if it had just come. */
export function recorded(operation, name) {
  const found = data.recorded.answers.find(answer => answer.operation === operation && answer.server === name);
  if (!found) return undefined;
  const { origin, status, headers, body, bytes } = found;
  return { name, origin, answer: { status, text: '', headers, bytes: new TextEncoder().encode(body), size: bytes, ms: 0 } };
}

/** Fields that a page may read of any server's answer (https://fetch.spec.whatwg.org/#cors-safelisted-response-header-name). */
const SAFE = ['cache-control', 'content-language', 'content-length', 'content-type', 'expires', 'last-modified', 'pragma'];

/** Of this page's own server all fields can be read, of the others these: no more can be compared. */
const isComparable = name => (SAFE.includes(name) || data.exposed.includes(name)) && !data.may_differ.includes(name);

/** What two answers differ in: names of header fields, `status`, `body`. Each one's own address may differ. */
export function differences(one, other) {
  const normal = ({ answer, origin }) => {
    const own = text => text.replaceAll(origin, 'http://HOST').replaceAll(origin.replace(/^https?:\/\//, ''), 'HOST');
    const headers = new Map(answer.headers.filter(([name]) => isComparable(name)).map(([name, value]) => [name, own(value)]));
    // A length follows from the body, and so from the address in it.
    const text = new TextDecoder('latin1').decode(answer.bytes);
    if (own(text) !== text) headers.delete('content-length'), headers.delete('etag');
    return { status: answer.status, headers, body: own(text) };
  };
  const [left, right] = [normal(one), normal(other)];
  const names = new Set([...left.headers.keys(), ...right.headers.keys()]);
  const differ = [...names].filter(name => left.headers.get(name) !== right.headers.get(name));
  if (left.status !== right.status) differ.unshift('status');
  if (left.body !== right.body) differ.push('body');
  return differ;
}
