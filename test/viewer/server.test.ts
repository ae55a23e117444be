import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { MissionEvent } from '../../agents/events.ts';
import { startViewer, type Viewer } from '../../viewer/server.ts';
import { syntheticMission } from './synthetic-mission.ts';
import { Visitor } from './visitor.ts';

const MAX_BACKLOG = 1 << 20;
let folder: string;
let viewer: Viewer;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'viewer-'));
  writeFileSync(join(folder, 'index.html'), '<!doctype html><title>page</title>');
  writeFileSync(join(folder, 'page.js'), 'let page;');
  viewer = await startViewer({ clientFolder: folder, port: 0, maxBacklog: MAX_BACKLOG });
});

afterEach(async () => {
  await viewer.close();
  rmSync(folder, { recursive: true });
});

/** Sends a path as it stands, without the tidying that `fetch` does. */
function get(path: string, method = 'GET'): Promise<{ status: number; type: string; body: string }> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(viewer.url);
    request({ hostname, port, path, method }, (response) => {
      let body = '';
      response.on('data', (chunk) => {
        body += chunk;
      });
      response.on('end', () =>
        resolve({ status: response.statusCode!, type: response.headers['content-type'] ?? '', body }),
      );
    })
      .on('error', reject)
      .end();
  });
}

/** The close code, or the HTTP status a WebSocket is refused with. */
function fateOf(path: string, headers: Record<string, string>): Promise<string> {
  return new Promise((resolve) => {
    const socket = new WebSocket(viewer.url.replace('http', 'ws') + path, { headers });
    socket.on('open', () => {
      socket.close();
      resolve('open');
    });
    socket.on('error', (error) => resolve(error.message));
  });
}

function flood(megabytes: number): MissionEvent {
  const ids = Int32Array.from({ length: (megabytes * 2 ** 20) / 16 }, (_, i) => i);
  const none = { ids: new Int32Array(0), positions: new Float32Array(0), poses: new Float64Array(0) };
  return {
    type: 'map',
    time: 1,
    agent: 0,
    changes: {
      keyframesAdded: none,
      keyframesMoved: none,
      keyframesRemoved: none.ids,
      pointsAdded: { ids, positions: new Float32Array(3 * ids.length) },
      pointsMoved: none,
      pointsRemoved: none.ids,
      covisibilityAdded: none.ids,
    },
  };
}

const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('the stream', () => {
  it('is a snapshot, then deltas numbered without a gap', async () => {
    const mission = [...syntheticMission({ seconds: 20, samples: 1000 })];
    for (const event of mission.slice(0, 200)) viewer.listener(event);
    const visitor = await Visitor.of(viewer.url);
    const snapshot = visitor.messages.map(({ type }) => type);
    expect(snapshot.slice(0, 3)).toEqual(['reset', 'start', 'scene']);
    expect(snapshot.at(-1)).toBe('live');
    expect(snapshot.filter((type) => type === 'path')).toHaveLength(8);

    for (const event of mission.slice(200)) viewer.listener(event);
    await visitor.until((messages) => messages.at(-1)?.type === 'end');
    const numbers = visitor.envelopes.map(({ sequence }) => sequence);
    const live = snapshot.length - 1;
    expect(numbers.slice(live)).toEqual(numbers.slice(live).map((_, i) => numbers[live] + i));
    visitor.socket.close();
  });

  it('has no gap for one who comes between an event and its batch', async () => {
    const first = await Visitor.of(viewer.url);
    const events = [...syntheticMission({ seconds: 60, samples: 500 })];
    const ticking = setInterval(() => viewer.listener(events.shift()!), 1);
    for (let i = 0; i < 20; i++) {
      const visitor = await Visitor.of(viewer.url);
      const live = visitor.envelopes.length - 1;
      await visitor.until((messages) => messages.length > live + 3);
      const numbers = visitor.envelopes.slice(live).map(({ sequence }) => sequence);
      expect(numbers).toEqual(numbers.map((_, k) => numbers[0] + k));
      visitor.socket.close();
    }
    clearInterval(ticking);
    first.socket.close();
  });

  it('shows a late visitor the map an early one has', async () => {
    const early = await Visitor.of(viewer.url);
    for (const event of syntheticMission({ seconds: 30, samples: 2000 })) viewer.listener(event);
    await early.until((messages) => messages.at(-1)?.type === 'end');
    const late = await Visitor.of(viewer.url);
    for (const agent of [0, 1, 2, 3]) {
      expect(late.map(agent).length).toBeGreaterThan(100);
      expect(late.map(agent)).toEqual(early.map(agent));
    }
    const last = (visitor: Visitor, type: string) => visitor.messages.filter((m) => m.type === type).at(-1);
    for (const type of ['scene', 'truth', 'metrics', 'plan'])
      expect(last(late, type)).toEqual(last(early, type));
    for (const { socket } of [early, late]) socket.close();
  });

  it('begins anew with another mission', async () => {
    for (const event of syntheticMission({ seconds: 5 })) viewer.listener(event);
    viewer.listener({ ...[...syntheticMission({ seconds: 0 })][0], time: 0 } as MissionEvent);
    const visitor = await Visitor.of(viewer.url);
    expect(visitor.messages.map(({ type }) => type)).toEqual(['reset', 'start', 'live']);
    visitor.socket.close();
  });

  it('skips a client that stops reading, and brings it up to date when it reads again', async () => {
    const slow = await Visitor.of(viewer.url);
    const quick = await Visitor.of(viewer.url);
    slow.socket.pause();
    let most = 0;
    for (let i = 0; i < 100; i++) {
      viewer.listener(flood(1));
      await nextTurn();
      most = Math.max(most, viewer.backlog());
    }
    // One client's limit, the batch that went over it, and what the quick one has not taken this turn.
    expect(most).toBeLessThan(8 * MAX_BACKLOG);

    viewer.listener({ type: 'end', time: 2, reason: 'finished' });
    slow.socket.resume();
    await slow.until(
      (messages) => messages.some(({ type }) => type === 'end') && messages.at(-1)?.type !== 'map',
    );
    expect(slow.resets).toBeGreaterThan(1);
    expect(slow.map(0)).toHaveLength(2 ** 16);
    for (const { socket } of [slow, quick]) socket.close();
  });

  it('survives a client that breaks off', async () => {
    const rude = await Visitor.of(viewer.url);
    rude.socket.terminate();
    for (const event of syntheticMission({ seconds: 5 })) viewer.listener(event);
    while (viewer.clients() > 0) await nextTurn();
    const visitor = await Visitor.of(viewer.url);
    expect(visitor.messages.some(({ type }) => type === 'end')).toBe(true);
    visitor.socket.close();
  });

  it.each([
    ['small', 'hello', 1008],
    ['large', 'x'.repeat(5000), 1009],
  ])('closes on a %s message', async (_, message, code) => {
    const visitor = await Visitor.of(viewer.url);
    visitor.socket.send(message);
    expect(await new Promise((resolve) => visitor.socket.on('close', resolve))).toBe(code);
  });
});

describe('who may listen', () => {
  it('is our own page or a program, and no foreign page', async () => {
    const { port } = new URL(viewer.url);
    expect(await fateOf('/telemetry', {})).toBe('open');
    expect(await fateOf('/telemetry', { Origin: viewer.url })).toBe('open');
    for (const Origin of ['https://example.com', 'null', 'http://127.0.0.1:1', `http://evil.example:${port}`])
      expect(await fateOf('/telemetry', { Origin })).toContain('403');
    // A foreign name that resolves to 127.0.0.1.
    const rebound = `evil.example:${port}`;
    expect(await fateOf('/telemetry', { Origin: `http://${rebound}`, Host: rebound })).toContain('403');
    expect(await fateOf('/elsewhere', {})).toContain('404');
  });
});

describe('the page', () => {
  it('is served with its types', async () => {
    expect(await get('/')).toMatchObject({ status: 200, type: 'text/html; charset=utf-8' });
    expect(await get('/page.js?v=1')).toMatchObject({
      status: 200,
      type: 'text/javascript; charset=utf-8',
      body: 'let page;',
    });
    expect(await get('/page.js', 'HEAD')).toMatchObject({ status: 200, body: '' });
    expect(await get('/page.js', 'POST')).toMatchObject({ status: 405 });
    expect(await get('/absent.js')).toMatchObject({ status: 404 });
  });

  it('lets nothing outside its folder be read', async () => {
    symlinkSync('/etc/hostname', join(folder, 'link.txt'));
    const climbs = [
      '/../../etc/hostname',
      '/%2e%2e/%2e%2e/etc/hostname',
      '/..%2f..%2fetc%2fhostname',
      '//etc/hostname',
    ];
    for (const path of [...climbs, '/link.txt', '/%00', '/%zz', '/..'])
      expect(await get(path), path).toMatchObject({ status: 404 });
  });
});

describe('starting', () => {
  it('takes the next port where one is taken', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const { port } = taken.address() as AddressInfo;
    const next = await startViewer({ clientFolder: folder, port });
    expect(Number(new URL(next.url).port)).toBeGreaterThan(port);
    await next.close();
    taken.close();
  });

  it('says where the page is missing', async () => {
    await expect(startViewer({ clientFolder: '/nowhere', port: 0 })).rejects.toThrow(
      '/nowhere: holds no index.html',
    );
  });

  it('ends although a client does not answer', async () => {
    const stuck = await Visitor.of(viewer.url);
    stuck.socket.pause();
    viewer.listener(flood(4));
    await viewer.close();
    stuck.socket.terminate();
    await expect(fetch(viewer.url)).rejects.toThrow();
  });
});
