// What the judge says: out of the box beside our contract, clause by clause, and every failure with its bytes.
import { make, one } from './dom.js';
import { data, verdictLink } from './state.js';

const checkOf = line => data.verdicts.checks[line.check];
const isContract = line => checkOf(line).clause === 'contract';

/** How many of a record's checks failed: of the RFCs at this level, or of the contract. */
function failed({ lines }, level) {
  const counts = line => line.verdict === 'failed' && (level === 'contract' ? isContract(line) : !isContract(line) && checkOf(line).level === level);
  return lines.filter(counts).length;
}

const record = (server, stock) => data.verdicts.records.find(record => record.server === server && record.stock === stock);

/** Which MUSTs of the RFCs one fails that is called so in a run; nothing of whom nobody has judged. */
export function violations(name) {
  const judged = record(name.replace(/ --stock.*| \(again\)/g, ''), name.includes(' --stock'));
  return judged ? failed(judged, 'MUST') : 0;
}

/** A clause as the RFC's own page has it. */
export function clauseLink(clause) {
  const [, rfc, section] = clause.match(/^RFC (\d+), ([\d.]+)$/) ?? [];
  return rfc ? make('a', { href: `https://www.rfc-editor.org/rfc/rfc${rfc}#section-${section}` }, clause) : clause;
}

function row(kind, ...cells) {
  const [first, ...others] = cells;
  return make('tr', {}, make('th', { scope: kind === 'th' ? 'col' : 'row' }, first), others.map(cell => make(kind, kind === 'th' ? { scope: 'col' } : { class: 'number' }, cell)));
}

/** A table that a narrow screen scrolls. */
export function table(caption, head, rows) {
  const inner = make('table', {}, make('caption', {}, caption), make('thead', {}, row('th', ...head)), make('tbody', {}, rows));
  return make('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': caption }, inner);
}

/** Out of the box beside after our contract. */
function compared() {
  const LEVELS = ['MUST', 'SHOULD', 'contract'];
  const counted = (server, stock) => {
    const judged = record(server, stock);
    const kind = stock ? 'out of the box' : 'after our contract';
    return [make('a', { href: verdictLink(server, stock), 'aria-label': `${judged.passed} of ${server}, ${kind}` }, String(judged.passed)), ...LEVELS.map(level => String(failed(judged, level)))];
  };
  const rows = data.servers.map(({ name }) => row('td', name, ...counted(name, true), ...counted(name, false)));
  const kinds = ['passed', 'a MUST failed', 'a SHOULD failed', 'contract failed'];
  const head = ['server', ...kinds.map(kind => `stock: ${kind}`), ...kinds.map(kind => `hardened: ${kind}`)];
  return table('Out of the box (the framework’s own one-liner, --stock) and after our contract', head, rows);
}

/** By clause, who fails how many of its checks. */
function byClause(stock) {
  const clauses = [...new Set(data.verdicts.checks.map(check => check.clause))];
  const fails = (server, clause) => record(server, stock).lines.filter(line => line.verdict === 'failed' && checkOf(line).clause === clause).length;
  const counts = clauses.map(clause => [clause, data.servers.map(({ name }) => fails(name, clause))]);
  const some = counts.filter(([, all]) => all.some(count => count > 0)).sort(([one], [other]) => one.localeCompare(other, 'en', { numeric: true }));
  const rows = some.map(([clause, all]) => row('td', clauseLink(clause), ...all.map(count => (count > 0 ? String(count) : '–'))));
  return table('Out of the box: checks that fail, by clause', ['clause', ...data.servers.map(({ name }) => name)], rows);
}

/** Where the six may differ, and why. */
function deviations() {
  const all = data.verdicts.records.filter(({ stock }) => !stock).flatMap(({ server, lines }) => lines.filter(line => line.verdict === 'deviates').map(line => ({ server, line })));
  const checks = [...new Set(all.map(({ line }) => line.check))];
  const rows = checks.map(check => {
    const those = all.filter(({ line }) => line.check === check);
    const { reason, link } = those[0].line;
    const who = those.length === data.servers.length ? 'all six' : those.map(({ server }) => server).join(', ');
    return make('tr', {}, make('th', { scope: 'row' }, make('code', {}, data.verdicts.checks[check].id)), make('td', {}, who), make('td', {}, reason, ' ', make('a', { href: link }, 'source')));
  });
  return table('Deviations, and why they cannot be otherwise', ['check', 'whose', 'reason'], rows);
}

/** A check that was not passed, with the bytes that show it. */
function told(line) {
  const { id, level, clause, says } = checkOf(line);
  const findings = line.findings.flatMap(({ what, exchange }) => [
    make('p', {}, what),
    ...(exchange.length > 0 ? [make('pre', { tabindex: 0, role: 'region', 'aria-label': `exchange of ${id}` }, make('code', {}, exchange.join('\n')))] : []),
  ]);
  const reason = line.reason ? [make('p', {}, line.reason, ' ', make('a', { href: line.link }, 'source'))] : [];
  const more = line.more > 0 ? [make('p', { class: 'none' }, `${line.more} more in the record`)] : [];
  return make('details', {},
    make('summary', {}, make('strong', {}, line.verdict === 'failed' ? level : 'deviates'), ' ', says, ' ', make('code', {}, id)),
    make('p', {}, clauseLink(clause)), reason, findings, more);
}

/** All that is not as it should be on one server. */
function listed(server, stock) {
  const { lines, passed, left_out, begun, judge, file } = record(server, stock);
  const day = new Date(begun * 1000).toISOString().slice(0, 10);
  const name = stock ? `${server} --stock, out of the box` : `${server}, after our contract`;
  const says = `${passed} checks passed, ${lines.length} did not, ${left_out} could not be asked of it. Judged on ${day} by ${judge}; the whole record is ${file}.`;
  const all = lines.length > 0 ? lines.map(told) : [make('p', { class: 'none' }, 'nothing')];
  return make('section', { 'aria-labelledby': 'judged-title' }, make('h3', { id: 'judged-title' }, name), make('p', {}, says), all);
}

/** Fills the view. */
export function showVerdicts({ judged, stock }) {
  const own = judged ? [listed(judged, stock)] : [];
  one('verdicts-view').replaceChildren(compared(), ...own, byClause(true), deviations());
}
