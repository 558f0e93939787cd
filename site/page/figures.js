// The latest run, section by section. Bars are drawn beside the figures that they show.
import { make, one } from './dom.js';
import { data, figureLink, verdictLink } from './state.js';
import { violations } from './verdicts.js';

const CPU = 'CPU µs';

const spans = all => all.map(span => (typeof span === 'string' ? span : make(span.mark, {}, span.text)));
const words = all => all.map(span => (typeof span === 'string' ? span : span.text)).join('');
const isNumber = text => /^[\d.,]+( %| ms| s|x| KiB| MiB)?$/.test(text);

/** A bar with its interval. Who fails a MUST has none: it does less than the others. */
function bar(name, [median, low, high], most) {
  const fails = violations(name);
  if (fails > 0) {
    const server = name.replace(/ --stock.*/, '');
    return make('a', { class: 'blank', href: verdictLink(server, true) }, `fails ${fails} MUSTs`);
  }
  const track = make('span', { class: 'track', 'aria-hidden': 'true' }, make('span', { class: 'fill' }), make('span', { class: 'whisker' }));
  const share = value => `${(100 * value) / most}%`;
  track.firstChild.style.setProperty('width', share(median));
  track.lastChild.style.setProperty('left', share(low));
  track.lastChild.style.setProperty('width', share(high - low));
  return track;
}

/** What a row of the CPU table has to draw: the median, and between which bounds it lies. */
function drawn(row, at) {
  const median = Number(words(row[at] ?? []));
  const [low, high] = words(row[at + 1] ?? []).split(' to ').map(Number);
  return median > 0 ? [median, low || median, high || median] : undefined;
}

function figureTable([head, ...body]) {
  const titles = head.map(words);
  const at = titles.indexOf(CPU);
  const all = body.map(row => (at < 0 ? undefined : drawn(row, at)));
  const most = Math.max(0, ...all.map(figures => figures?.[2] ?? 0));
  const name = titles.indexOf('server');
  const rows = body.map((row, index) => make('tr', {}, row.map((cell, column) => {
    const own = make('td', { class: isNumber(words(cell)) && 'number' }, spans(cell));
    if (column === at && all[index]) own.append(bar(words(row[name]), all[index], most));
    return own;
  })));
  const inner = make('table', {}, make('thead', {}, make('tr', {}, head.map(cell => make('th', { scope: 'col' }, spans(cell))))), make('tbody', {}, rows));
  return make('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': titles.join(', ') }, inner);
}

function block(told) {
  switch (told.kind) {
    case 'heading': return make('h3', {}, spans(told.spans));
    case 'table': return figureTable(told.rows);
    case 'picture': return make('img', { src: `data:image/svg+xml,${encodeURIComponent(told.svg)}`, alt: told.about, loading: 'lazy' });
    case 'code': return make('pre', { tabindex: 0, role: 'region', 'aria-label': 'command' }, make('code', {}, told.text));
    case 'list': return make('ul', {}, told.items.map(item => make('li', {}, spans(item))));
    default: return make('p', {}, spans(told.spans));
  }
}

/** The sections to choose from, at the left; what comes back shows one. */
export function figures() {
  const links = new Map(data.figures.map(({ name }) => [name, make('a', { href: figureLink(name) }, name)]));
  const folders = [...new Set(data.figures.map(({ folder }) => folder))];
  const entries = folder => data.figures.filter(section => section.folder === folder).map(({ name }) => make('li', {}, links.get(name)));
  one('sections').replaceChildren(...folders.flatMap(folder => [make('h2', {}, folder.split('/').at(-1)), make('ul', {}, entries(folder))]));
  return ({ section }) => {
    for (const [name, element] of links) {
      if (name === section) element.setAttribute('aria-current', 'page');
      else element.removeAttribute('aria-current');
    }
    const { folder, blocks } = data.figures.find(({ name }) => name === section);
    // Each figure stands with the day, the machine and the command of its run.
    const [made] = data.figures.find(first => first.folder === folder).blocks;
    const from = make('p', {}, 'The raw data are in ', make('code', {}, folder), '.');
    const origin = make('div', { class: 'none' }, blocks[0] === made ? [] : block(made), from);
    one('figures-view').replaceChildren(...blocks.map(block), origin);
  };
}
