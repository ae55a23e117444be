import { describe, expect, it } from 'vitest';
import type { Plan } from '../../../scenarios/experiment/plan.ts';
import { toCsv } from '../../../scenarios/experiment/report/csv.ts';
import { toHtml, toMarkdown } from '../../../scenarios/experiment/report/document.ts';
import { plotRows } from '../../../scenarios/experiment/report/plots.ts';
import { reportOf } from '../../../scenarios/experiment/report/report.ts';
import { outcome } from './outcomes.ts';

const outcomes = Array.from({ length: 12 }, (_, i) => [
  outcome({ layout: i }, 10 + (i % 3)),
  outcome({ layout: i, policy: 'near <1>' }, 14 + (i % 2), { ateRmse: null }),
]).flat();

function plan(planned: number): Plan {
  const names = { policies: ['independent', 'near <1>'], baselines: ['independent'] };
  return {
    name: 'corridors | halls',
    description: 'Who & where.',
    code: 'c0de',
    ...names,
    missions: Array(planned),
  };
}

const report = reportOf(plan(24), outcomes, [], 'peerslam experiment x.yaml');

describe('the report', () => {
  it('has a row a policy, with mean, median and interval, and one a comparison', () => {
    const text = toMarkdown(report.blocks);
    expect(text).toMatch(/^# corridors \| halls\n\nWho & where\.\n\n24 missions, all done\.\n/);
    expect(text).toContain('24 missions; units: 12 layouts.\n');
    expect(text).toMatch(
      /\| independent \| 12 \| 11\.00 \(11\.00\) \[10\.\d\d … 11\.\d\d\] \| 1\.000 \(1\.000\)/,
    );
    expect(text).toMatch(/\| near <1> \| 12 \| 14\.50 \(14\.50\) \[14\.\d\d … 14\.\d\d\] \| – \|/);
    expect(text).toMatch(
      /\| near <1> over independent \| accurate coverage over time, % \| 12 \| \+3\.50 \| 3\.\d\d … 4\.\d\d \| 1\.318 \| 1\.\d+ … 1\.\d+ \| 0\.0005 \| 0\.0005 \| better \|/,
    );
    expect(text).not.toContain('near <1> over independent | team ATE');
    expect(text).toContain('(ratio-accurateCoverageAuc.svg)');
  });

  it('says of a difference that it is none to speak of, or for the worse', () => {
    const turned = outcomes.map((one) => ({
      ...one,
      policy: one.policy === 'independent' ? 'near <1>' : 'independent',
    }));
    expect(toMarkdown(reportOf(plan(24), turned, [], '').blocks)).toMatch(/-3\.50 .* worse \|/);
    const text = toMarkdown(reportOf(plan(24), outcomes.slice(0, 8), [], '').blocks);
    expect(text).toMatch(/\+3\.\d\d .* 0\.1250 \| 0\.\d+ \| not significant \|/);
    expect(text).toContain('units: 4 layouts. Fewer than 10: the intervals are too narrow.');
  });

  it('says what is missing, and what failed', () => {
    const failures = [{ mission: 'independent, seed 3', why: 'its thread died' }];
    const text = toMarkdown(reportOf(plan(30), outcomes, failures, '').blocks);
    expect(text).toContain('Not whole: 24 of 30 missions done, 1 failed (listed at the end).');
    expect(text).toContain('| independent, seed 3 | its thread died |');
    expect(toMarkdown(reportOf(plan(30), [], [], '').blocks)).toContain('0 of 30 missions done');
  });

  it('is one HTML file that loads nothing and takes no text for a tag', () => {
    const html = toHtml(report.blocks);
    expect(html).toContain('near &lt;1&gt;');
    expect(html).not.toContain('<1>');
    expect(html).not.toMatch(/(src|href)=|@import|url\(/);
    expect(html.match(/<svg /g)).toHaveLength(2);
  });
});

describe('toCsv', () => {
  it('has a line a mission, and leaves empty what is not there', () => {
    const other = outcome({ policy: 'a, "b"', layout: 3 }, 25, { ateRmse: null });
    const [head, first, second] = toCsv([outcomes[0], other]).split('\n');
    expect(head).toBe(
      'fidelity,scenario,layout,agents,seed,policy,accurateCoverageAuc,ateRmse,ghosts,coverage,accurateCoverage,apart,timeLostS,observeS,sightings,sentKBs,hash',
    );
    expect(first).toBe('features,hall,0,2,1,independent,10,1,10,50,40,0,5,10,30,2,abc');
    expect(second).toBe('features,hall,3,2,1,"a, ""b""",25,,10,50,40,0,5,10,30,2,abc');
  });
});

describe('plotRows', () => {
  const row = { label: 'a & b', group: 'a', values: [1, 3], interval: { value: 2, low: 1, high: 3 } };

  it('places values on one axis, in proportion', () => {
    const svg = plotRows([row, { ...row, label: 'c', values: [], interval: null }], {
      axis: 'm',
      reference: 1,
    });
    const dots = [...svg.matchAll(/cx="([\d.]+)" cy="([\d.]+)" r="(\d)"/g)].map(([, x, y, r]) =>
      [x, y, r].map(Number),
    );
    expect(dots.map(([, y, r]) => [y, r])).toEqual([
      [19, 3],
      [19, 3],
      [19, 5],
    ]);
    expect(dots[2][0]).toBeCloseTo((dots[0][0] + dots[1][0]) / 2, 1);
    expect(svg).toContain('a &amp; b');
  });

  it('draws equal values, too, and never a coordinate that is no number', () => {
    const svg = plotRows([{ ...row, values: [0, 0], interval: null }], { axis: 'm' });
    expect(svg).not.toMatch(/NaN|Infinity/);
    const odd = plotRows([{ ...row, interval: { value: 1, low: 1, high: Number.POSITIVE_INFINITY } }], {
      axis: 'm',
    });
    expect(odd).not.toMatch(/NaN|Infinity/);
  });
});
