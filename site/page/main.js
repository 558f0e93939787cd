// The page as the address says it.
import { read } from './state.js';
import { show } from './code.js';
import { choices } from './routes.js';
import { live } from './live.js';

const choose = choices();
const ask = live();

function render() {
  const state = read();
  choose(state);
  show(state);
  ask(state);
}

addEventListener('hashchange', render);
render();
