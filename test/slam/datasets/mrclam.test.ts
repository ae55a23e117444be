import { beforeEach, describe, expect, it } from 'vitest';
import { nodeFiles } from '../../../bin/files.ts';
import { readMrclam, readMrclamTruth } from '../../../slam/datasets/mrclam.ts';
import { dataFolder, hasData } from '../../data.ts';
import { Folder, problem } from './folder.ts';

let folder: Folder;

/** Two robots and two landmarks; robot 1 also misreads a barcode and sees its own. */
beforeEach(async () => {
  folder = await Folder.create();
  const files = {
    'Barcodes.dat': '# Subject #    Barcode #\n  1 \t   5 \n  2 \t  14 \n  6 \t  63 \n  7 \t 81\n',
    'Landmark_Groundtruth.dat': '# c\n  6 \t 0.5 \t -4.25 \t 0.00004 \t 0.0003\n 7 1 2 0.1 0.1\n',
    'Robot1_Odometry.dat': '# c\n10.0 \t 0.086 \t -0.398\n10.5 0.1 0\n',
    'Robot2_Odometry.dat': '10.1 0 0\n',
    'Robot1_Measurement.dat': '10.1 14 3.5 -0.25\n10.1 63 6.5 0.5\n10.2 99 1 0\n10.3 5 1 0\n10.4 81 2 0.1\n',
    'Robot2_Measurement.dat': '# nothing seen\n',
    'Robot1_Groundtruth.dat': '9.9 1 2 3.1\n10.6 1.5 2.5 -3.1\n',
  };
  for (const [name, text] of Object.entries(files)) await folder.write(name, text);
});

const read = () => readMrclam(folder.path, nodeFiles);

describe('an MRCLAM recording', () => {
  it('knows subjects by their barcodes, and counts those it does not know', async () => {
    const { robots, landmarks } = await read();
    expect(robots.map(({ id, misread }) => [id, misread])).toEqual([
      [1, 2],
      [2, 0],
    ]);
    expect([...landmarks]).toEqual([
      [6, [0.5, -4.25]],
      [7, [1, 2]],
    ]);
    const { odometry, sightings } = robots[0];
    expect([...odometry.times, ...odometry.forward, ...odometry.turning]).toEqual([
      10, 10.5, 0.086, 0.1, -0.398, 0,
    ]);
    expect([...sightings.subjects]).toEqual([2, 6, 7]);
    expect([...sightings.times]).toEqual([10.1, 10.1, 10.4]);
    expect([...sightings.ranges, ...sightings.bearings]).toEqual([3.5, 6.5, 2, -0.25, 0.5, 0.1]);
    expect(robots[1].sightings.times).toHaveLength(0);
  });

  it('reads the truth apart from everything else', async () => {
    const truth = await readMrclamTruth(folder.path, nodeFiles, 1);
    expect([...truth.times, ...truth.x, ...truth.y, ...truth.yaw]).toEqual([
      9.9, 10.6, 1, 1.5, 2, 2.5, 3.1, -3.1,
    ]);
    await folder.remove('Robot1_Groundtruth.dat');
    expect((await read()).robots).toHaveLength(2);
    expect(await problem(readMrclamTruth(folder.path, nodeFiles, 1))).toMatch(
      /Robot1_Groundtruth\.dat: is missing; it should hold.*orientation/,
    );
  });

  it('is refused with file and line where a line is cut short, or garbage', async () => {
    await folder.write('Robot1_Odometry.dat', '# c\n10.0 0.086 -0.398\n10.5 0.1');
    expect(await problem(read())).toMatch(
      /Robot1_Odometry\.dat:3: "10\.5 0\.1" should be 3 numbers: time, forward velocity, angular velocity/,
    );
    await folder.write('Robot1_Odometry.dat', '10.0 0.086 NaN\n');
    expect(await problem(read())).toMatch(/Robot1_Odometry\.dat:1: "10\.0 0\.086 NaN" should be 3 numbers/);
    await folder.write('Robot1_Odometry.dat', `\0\x01${'x'.repeat(5000)}`);
    const long = await problem(read());
    expect(long).toMatch(/Robot1_Odometry\.dat:1: .*…" should be 3 numbers/);
    expect(long.length).toBeLessThan(300);
    await folder.write('Robot1_Odometry.dat', '# c\n');
    expect(await problem(read())).toMatch(/Robot1_Odometry\.dat: is empty; it should hold lines of time/);
  });

  it('is refused where numbers make no sense', async () => {
    await folder.write('Robot1_Measurement.dat', '10.2 14 3 0\n10.1 14 3 0\n');
    expect(await problem(read())).toMatch(
      /Measurement\.dat:2: time 10\.1 comes before the line above it, 10\.2/,
    );
    await folder.write('Robot1_Measurement.dat', '10.2 14 -3 0\n');
    expect(await problem(read())).toMatch(/Measurement\.dat:1: range -3 should be a distance above 0/);
    await folder.write('Robot1_Measurement.dat', '10.2 14 3 90\n');
    expect(await problem(read())).toMatch(/Measurement\.dat:1: bearing 90 should be an angle in radians/);
    await folder.write('Barcodes.dat', '1 5\n2 14\n6 14\n');
    expect(await problem(read())).toMatch(/Barcodes\.dat:3: barcode 14 is already that of subject 2/);
  });

  it('says what a folder lacks to be one', async () => {
    await folder.remove('Robot2_Measurement.dat');
    expect(await problem(read())).toMatch(/Robot2_Measurement\.dat: is missing; it should hold.*bearing/);
    const empty = await Folder.create();
    expect(await problem(readMrclam(empty.path, nodeFiles))).toMatch(
      /is no MRCLAM recording; it should hold/,
    );
    expect(await problem(readMrclam(empty.at('nowhere'), nodeFiles))).toMatch(/nowhere: is not there/);
    await empty.write('file', '');
    expect(await problem(readMrclam(empty.at('file'), nodeFiles))).toMatch(/file: is a file, not a folder/);
  });
});

describe.skipIf(!hasData('mrclam_6'))('MRCLAM 6', () => {
  it('has five robots that see fifteen landmarks and each other', async () => {
    const { robots, landmarks } = await readMrclam(`${dataFolder}/mrclam_6`, nodeFiles);
    expect(robots.map(({ id }) => id)).toEqual([1, 2, 3, 4, 5]);
    expect(landmarks.size).toBe(15);
    const ofRobots = robots.map(({ sightings }) => sightings.subjects.filter((id) => id <= 5).length);
    expect(ofRobots.reduce((a, b) => a + b)).toBe(3988);
    expect(robots.map(({ misread }) => misread)).toEqual([1, 0, 2, 3, 0]);
  });
});
