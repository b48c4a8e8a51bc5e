import { behaveAs } from './behaviour.mjs';

behaveAs('engine');
console.log(JSON.stringify({ level: 30, msg: 'all is well' }));
console.log(JSON.stringify({ level: 40, msg: 'something is odd' }));
