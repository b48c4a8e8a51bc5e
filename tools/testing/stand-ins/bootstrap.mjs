const isJoinTokenWanted = process.argv.includes('--join-token');
console.log(
  JSON.stringify({
    setPasswordUrl: `${process.env.CORRAL_URL}/set-password/once`,
    joinToken: isJoinTokenWanted ? 'token-1' : null,
  }),
);
