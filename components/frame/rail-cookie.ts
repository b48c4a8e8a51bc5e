/** Remembers whether the rail is folded; read on the server, written in the browser. */
export const railCookie = 'corral-rail';
