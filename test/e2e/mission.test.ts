import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openBrowser, openPage, picture } from './browser.ts';

let browser: Browser;
let mission: ChildProcess;
const out = mkdtempSync(join(tmpdir(), 'peerslam-e2e-'));

beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(async () => {
  mission?.kill('SIGKILL');
  await browser?.close();
  rmSync(out, { recursive: true, force: true });
});

/** Starts the main job, and waits for the address it prints. */
function start(): Promise<{ url: string; ended: Promise<number | null> }> {
  const args = ['dist/bin/peerslam.js', 'run', 'scenarios/office.yaml', '--duration', '60', '--port', '0'];
  mission = spawn(process.execPath, [...args, '--policy', 'random', '--out', out], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = new Promise<number | null>((resolve) => mission.on('close', resolve));
  return new Promise((resolve, reject) => {
    let said = '';
    mission.stderr!.on('data', (chunk) => {
      said += chunk;
      const url = /watch it at (\S+)/.exec(said)?.[1];
      if (url) resolve({ url, ended });
    });
    mission.on('close', () =>
      reject(new Error(`the mission ended before it said where to watch it: ${said}`)),
    );
  });
}

it('a mission shows itself while it runs, and ends by itself where nobody is at a terminal', async () => {
  const { url, ended } = await start();
  const { page, complaints } = await openPage(browser, url);
  type Globals = {
    readonly peerslam?: { readonly time: number; readonly agents: number; readonly points: number };
  };
  await page.waitForFunction(() => ((globalThis as unknown as Globals).peerslam?.time ?? 0) > 40);
  const shown = await page.evaluate(() => ({ ...(globalThis as unknown as Globals).peerslam! }));
  expect(shown.agents).toBe(4);
  expect(shown.points).toBeGreaterThan(1000);
  await page.waitForTimeout(1500);
  await picture(page, 'mission');
  expect(complaints).toEqual([]);
  expect(await ended).toBe(0);
});
