// The page as the address says it.
import { one } from './dom.js';
import { data, read } from './state.js';
import { show } from './code.js';
import { showFile } from './file.js';
import { choices } from './routes.js';
import { live } from './live.js';
import { streams } from './stream.js';
import { showVerdicts } from './verdicts.js';
import { figures } from './figures.js';

const choose = choices();
const ask = live();
const showFigures = figures();
streams();

const VIEWS = {
  code: state => { show(state); ask(state); },
  file: showFile,
  verdicts: showVerdicts,
  figures: showFigures,
};

function render() {
  const state = read();
  choose(state);
  for (const view of Object.keys(VIEWS)) one(`${view}-view`).hidden = view !== state.view;
  one('routes').hidden = state.view === 'figures';
  one('sections').hidden = state.view !== 'figures';
  VIEWS[state.view](state);
}

// Its address would be taken for a view.
one('skip').addEventListener('click', event => { event.preventDefault(); one('main').focus(); });
addEventListener('hashchange', render);
render();
document.body.classList.add('ready');
