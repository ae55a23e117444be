import type { Browser, Page } from 'playwright-core';
import { build } from 'vite';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import type { MissionEvent } from '../../agents/events.ts';
import { startViewer, type Viewer } from '../../viewer/server.ts';
import { syntheticMission } from '../viewer/synthetic-mission.ts';
import { openBrowser, openPage, picture } from './browser.ts';

const SECONDS = 90;
let browser: Browser;
let viewer: Viewer;
let mission: MissionEvent[];

beforeAll(async () => {
  await build({ root: 'viewer/client' });
  browser = await openBrowser();
  mission = [...syntheticMission({ seconds: SECONDS })];
});
beforeEach(async () => {
  viewer = await startViewer({ clientFolder: 'viewer/client/build', port: 0 });
});
afterEach(() => viewer.close());
afterAll(() => browser.close());

/** Plays the events of a span of mission time, `from` ≤ time < `to`. */
function play(from: number, to: number): void {
  for (const event of mission) if (event.time >= from && event.time < to) viewer.listener(event);
}

interface Figures {
  readonly events: number;
  readonly agents: number;
  readonly points: number;
  readonly time: number;
}

/** The globals of the page, which its functions see where they run. */
interface PageGlobals {
  readonly peerslam: Figures;
}

/** What the page says it holds. */
function figuresOf(page: Page): Promise<Figures> {
  return page.evaluate(() => ({ ...(globalThis as unknown as PageGlobals).peerslam }));
}

/** Waits until the page has taken in everything up to a time, and drawn it. */
function shown(page: Page, time: number): Promise<unknown> {
  return page.waitForFunction((t) => (globalThis as unknown as PageGlobals).peerslam?.time >= t, time - 0.15);
}

it('shows robots and their maps as they come', async () => {
  const { page, complaints } = await openPage(browser, viewer.url);
  await page.getByText('waiting for a mission').waitFor();
  play(0, 20);
  await shown(page, 20);
  const early = await figuresOf(page);
  expect(early.agents).toBe(4);
  expect(early.points).toBeGreaterThan(500);
  expect(await page.locator('.robot').count()).toBe(4);
  await page.getByText('office · synthetic · seed 1').waitFor();

  play(20, 43);
  await shown(page, 43);
  await page.locator('.robot', { hasText: 'Cleo' }).getByText('✕ lost').waitFor();
  await page.locator('.robot', { hasText: 'Bea' }).getByText('watching Cleo').waitFor();
  expect((await figuresOf(page)).points).toBeGreaterThan(early.points);
  await page.waitForTimeout(1000);
  await picture(page, 'overview');
  expect(complaints).toEqual([]);
  await page.close();
});

it('keeps the map when it is loaded again in the middle of a mission', async () => {
  const { page, complaints } = await openPage(browser, viewer.url);
  play(0, 60);
  await shown(page, 60);
  const before = await figuresOf(page);
  await page.reload();
  await shown(page, 60);
  const after = await figuresOf(page);
  expect({ agents: after.agents, points: after.points }).toEqual({
    agents: before.agents,
    points: before.points,
  });

  play(60, SECONDS + 1);
  await page.getByText('mission finished').waitFor();
  expect((await figuresOf(page)).points).toBeGreaterThan(before.points);
  expect(complaints).toEqual([]);
  await page.close();
});

it('follows a robot, looks from above, and explains itself', async () => {
  play(0, 43);
  const { page, complaints } = await openPage(browser, viewer.url);
  await shown(page, 43);
  await page.locator('.robot', { hasText: 'Bea' }).click();
  await page.locator('.robot[aria-pressed=true]', { hasText: 'Bea' }).waitFor();
  await page.waitForTimeout(2500);
  await picture(page, 'follow');
  await page.keyboard.press('t');
  await page.waitForTimeout(2500);
  expect(await page.locator('.robot[aria-pressed=true]').count()).toBe(0);
  await picture(page, 'top');
  await page.keyboard.press('?');
  await page.getByText('What you see').waitFor();
  await picture(page, 'help');
  await page.keyboard.press('Escape');
  expect(complaints).toEqual([]);
  await page.close();
});

it('comes back by itself when the connection breaks', async () => {
  play(0, 10);
  const { page } = await openPage(browser, viewer.url);
  await shown(page, 10);
  const { port } = new URL(viewer.url);
  await viewer.close();
  await page.getByText('connection lost, trying again…').waitFor();
  viewer = await startViewer({ clientFolder: 'viewer/client/build', port: Number(port) });
  play(0, 25);
  await shown(page, 25);
  await page.locator('[data-status=live]').waitFor();
  await page.close();
});
