// The agent's version, put in by the bundler; `dev` where it runs from source.
declare const CORRAL_VERSION: string | undefined;

export const agentVersion = typeof CORRAL_VERSION === 'string' ? CORRAL_VERSION : 'dev';
