import { isAskedTo } from './behaviour.mjs';

const isJoinTokenWanted = process.argv.includes('--join-token') || isAskedTo('forget-node');
console.log(
  JSON.stringify({
    setPasswordUrl: `${process.env.CORRAL_URL}/set-password/once`,
    joinToken: isJoinTokenWanted ? 'token-1' : null,
  }),
);
