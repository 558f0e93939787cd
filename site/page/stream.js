// What goes on: the events of a server, and a WebSocket with one. Both stay open while other routes are looked at.
import { make, one } from './dom.js';
import { data } from './state.js';
import { origin } from './live.js';

/** So many of the newest are kept. */
const KEPT = 100;

function note(list, text) {
  list.prepend(make('li', {}, make('code', {}, text)));
  if (list.children.length > KEPT) list.lastChild.remove();
}

/** The six to choose from. */
function fill(select) {
  select.append(...data.servers.map(({ name }) => make('option', { value: name }, name)));
}

let source;

/** Listens to a server's events: those of changes made through its siblings, too. */
function listen() {
  source?.close();
  const said = text => { one('listening').textContent = text; };
  const name = one('listened').value;
  source = new EventSource(`${origin(name)}/events`);
  source.onopen = () => said(`listening to ${name}`);
  source.onerror = () => said(source.readyState === EventSource.CLOSED ? `${name} refused` : `${name} is away; trying again`);
  for (const kind of data.events) {
    source.addEventListener(kind, ({ lastEventId, data }) => note(one('events'), `${lastEventId} ${kind} ${data}`));
  }
  said(`asking ${name}`);
}

let socket;

/** Sends a message, once there is a connection. */
function talk(event) {
  event.preventDefault();
  const [name, text] = [one('talked').value, one('message').value];
  const address = `${origin(name).replace(/^http/, 'ws')}/ws`;
  if (socket?.url === address && socket.readyState === WebSocket.OPEN) return say(text);
  socket?.close();
  connect(name, address, text);
}

function say(text) {
  socket.send(text);
  note(one('messages'), `> ${text}`);
}

function connect(name, address, text) {
  const opened = new WebSocket(address);
  const said = words => { if (socket === opened) one('talking').textContent = words; };
  socket = opened;
  opened.onopen = () => { said(`connected to ${name}`); say(text); };
  opened.onmessage = ({ data }) => note(one('messages'), `< ${data}`);
  opened.onclose = ({ code }) => said(`closed by ${name}: ${code}`);
  said(`asking ${name}`);
}

/** Makes both. */
export function streams() {
  fill(one('listened'));
  fill(one('talked'));
  one('listen').addEventListener('click', listen);
  one('talk').addEventListener('submit', talk);
}
