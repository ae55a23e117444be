import { existsSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { WebSocketServer } from 'ws';
import type { MissionListener } from '../agents/events.ts';
import { InputError } from '../base/errors.ts';
import { Broadcast } from './broadcast.ts';
import { isOwnPage } from './origin.ts';
import { serveFile } from './static-files.ts';

const TELEMETRY_PATH = '/telemetry';
const PORTS_TO_TRY = 100;
const MAX_MESSAGE_BYTES = 1024;
const CLOSING_MS = 500;

export interface ViewerOptions {
  /** Folder of the built page: holds `index.html`. */
  readonly clientFolder: string;
  /** First port to try; 0 takes any free one. */
  readonly port?: number;
  readonly host?: string;
  /** Bytes that may wait for one page before it is skipped and later brought up to date. */
  readonly maxBacklog?: number;
}

export interface Viewer {
  /** Where to point a browser, e.g. `http://127.0.0.1:8080`. */
  readonly url: string;
  /** Hand this to the mission. It never throws on account of a client. */
  readonly listener: MissionListener;
  /** Pages connected now. */
  clients(): number;
  /** Bytes that wait in memory for pages to read them. */
  backlog(): number;
  /** Says goodbye to the pages and frees the port. */
  close(): Promise<void>;
}

/**
 * Serves the page and, on `/telemetry`, the mission: a snapshot, then every event in batches.
 *
 * @throws InputError where the page is not built, or no port from `port` on can be had
 */
export async function startViewer({
  clientFolder,
  port = 8080,
  host = '127.0.0.1',
  maxBacklog = 4 << 20,
}: ViewerOptions): Promise<Viewer> {
  if (!existsSync(join(clientFolder, 'index.html')))
    throw new InputError(
      clientFolder,
      'holds no index.html; build the page first: npx vite build viewer/client',
    );

  const server = createServer((request, response) => void serveFile(clientFolder, request, response));
  const broadcast = new Broadcast(maxBacklog);
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE_BYTES });
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy());
    if (request.url?.split('?', 1)[0] !== TELEMETRY_PATH) socket.end('HTTP/1.1 404 Not Found\r\n\r\n');
    else if (!isOwnPage(request.headers, host)) socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
    else sockets.handleUpgrade(request, socket, head, (client) => broadcast.add(client));
  });

  const bound = await listen(server, port, host);
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}`,
    listener: (event) => broadcast.publish(event),
    clients: () => broadcast.size,
    backlog: () => broadcast.backlog,
    close: () => close(server, broadcast),
  };
}

async function listen(server: Server, port: number, host: string): Promise<number> {
  for (let candidate = port; candidate < port + PORTS_TO_TRY && candidate < 65536; candidate++) {
    const error = await new Promise<NodeJS.ErrnoException | undefined>((resolve) => {
      server.once('error', resolve);
      server.listen(candidate, host, () => {
        server.off('error', resolve);
        resolve(undefined);
      });
    });
    if (!error) return (server.address() as { port: number }).port;
    if (error.code !== 'EADDRINUSE')
      throw new InputError(`viewer at ${host}:${candidate}`, `cannot listen: ${error.message}`, {
        cause: error,
      });
  }
  throw new InputError(
    `viewer at ${host}`,
    `no free port among ${port}…${port + PORTS_TO_TRY - 1}; name another one`,
  );
}

/** Pages get a moment to take leave; then the sockets are cut, so that a stuck one cannot keep the program running. */
async function close(server: Server, broadcast: Broadcast): Promise<void> {
  broadcast.close();
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  const timer = setTimeout(() => {
    broadcast.terminate();
    server.closeAllConnections();
  }, CLOSING_MS);
  server.closeIdleConnections();
  await closed;
  clearTimeout(timer);
}
