import { createServer } from 'node:http';
import { behaveAs, isAskedTo } from './behaviour.mjs';

behaveAs('web');
const status = isAskedTo('never-healthy') ? 503 : 200;
createServer((request, response) => {
  response.writeHead(request.url === '/api/health' ? status : 404).end();
}).listen(Number(process.env.CORRAL_PORT), process.env.CORRAL_HOST);
