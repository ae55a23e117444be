import type { IncomingHttpHeaders } from 'node:http';

const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]'];

/**
 * Whether a connection comes from our own page or from a program, rather than from a foreign page in the user's browser:
 * browsers let any page open a WebSocket to 127.0.0.1, and name that page in `Origin`. A server bound to the loopback also
 * asks that it was called by a loopback name, which a foreign name that resolves to 127.0.0.1 (DNS rebinding) is not.
 *
 * @param bound the address the server listens at
 */
export function isOwnPage(headers: IncomingHttpHeaders, bound: string): boolean {
  const { origin, host } = headers;
  if (origin === undefined) return true;
  if (!URL.canParse(origin)) return false; // "null": a file or a sandboxed frame
  const page = new URL(origin);
  const boundToLoopback = LOOPBACK.includes(bound) || bound === '::1';
  return page.host === host && (!boundToLoopback || LOOPBACK.includes(page.hostname));
}
