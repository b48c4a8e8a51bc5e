/** Request header with the address of the page that is rendered; set by proxy.ts, whatever the client sent. */
export const pagePathHeader = 'x-corral-page';
