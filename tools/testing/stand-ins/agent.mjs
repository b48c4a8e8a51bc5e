import { behaveAs } from './behaviour.mjs';

behaveAs('agent');
