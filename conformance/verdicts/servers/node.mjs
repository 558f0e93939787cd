// Node's http module with its defaults: the server of its documentation (https://nodejs.org/en/learn/getting-started/introduction-to-nodejs),
// and at /post one that reads the body and answers its length.
import { createServer } from 'node:http';

const server = createServer((request, response) => {
  response.setHeader('Content-Type', 'text/plain');
  if (request.method !== 'POST' || request.url !== '/post') {
    response.end('Hello World\n');
    return;
  }
  let length = 0;
  request.on('data', chunk => { length += chunk.length; });
  request.on('end', () => response.end(`${length}\n`));
});
server.listen(Number(process.argv[2]), '127.0.0.1');
