// Next takes the length out of what route handlers answer. A download should tell it, so it travels past Next under another name.
import type { ServerResponse } from 'node:http';

export const exactLengthHeader = 'x-corral-content-length';

/** Called by the web entry point for every response, before Next writes to it. */
export function restoreExactLength(response: ServerResponse): void {
  const setHeader = response.setHeader.bind(response);
  response.setHeader = (name, value) => {
    const isLength = name.toLowerCase() === exactLengthHeader;
    return setHeader(isLength ? 'content-length' : name, isLength ? String(value) : value);
  };
}
