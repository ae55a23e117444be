import { describe, expect, it } from 'vitest';
import { InputError } from '../../base/errors.ts';
import { parseScenario } from '../../scenarios/load.ts';

function complaint(text: string): string {
  try {
    parseScenario(text, 'f.yaml');
  } catch (error) {
    expect(error).toBeInstanceOf(InputError);
    return (error as InputError).message;
  }
  throw new Error('nothing to complain of');
}

describe('a scenario file', () => {
  it('needs no more than a name', () => {
    expect(parseScenario('name: x\n', 'f.yaml')).toMatchObject({
      name: 'x',
      layout: { kind: 'office', width: 30 },
    });
  });

  it.each([
    [
      'an unknown key',
      'name: x\nteam:\n  agnets: 3\n',
      'f.yaml:3: unknown key "agnets" in team; did you mean "agents"?',
    ],
    [
      'an unknown key like no other',
      'name: x\nteam:\n  zebra: 3\n',
      'f.yaml:3: unknown key "zebra" in team; known here: agents, robots',
    ],
    [
      'an unknown key of a layout',
      'name: x\nlayout:\n  kind: plaza\n  dept: 20\n',
      'f.yaml:4: unknown key "dept" in layout; did you mean "depth"?',
    ],
    [
      'an unknown key deep in a list',
      'name: x\nteam:\n  robots:\n    - {}\n    - camera: { mount: { hieght: 1 } }\n',
      'f.yaml:5: unknown key "hieght" in team.robots[1].camera.mount; did you mean "height"?',
    ],
    [
      'zero robots',
      'name: x\nteam:\n  agents: 0\n',
      'f.yaml:3: team.agents is 0; it should be a whole number from 1 to 64 (Number of robots)',
    ],
    [
      'a negative rate',
      'name: x\nrobot:\n  camera:\n    rateHz: -5\n',
      'f.yaml:4: robot.camera.rateHz is -5; it should be a number above 0, at most 100 (Sensor packets a second)',
    ],
    [
      'a word that is nearly right',
      'name: x\nlayout: { kind: offce }\n',
      'f.yaml:2: layout.kind is "offce"; it should be one of office, warehouse, corridors, plaza, explicit, did you mean "office"? (What stands where)',
    ],
    [
      'the wrong type',
      'name: x\nduration: 5 minutes\n',
      'f.yaml:2: duration is "5 minutes"; it should be a number above 0, at most 86400 (Length of the mission, seconds)',
    ],
    [
      'a place without a heading',
      'name: x\nteam:\n  robots:\n    - start: [1, 2]\n',
      "f.yaml:4: team.robots[0].start is [1,2]; it should be a list of 3 numbers (Where it stands at time 0: [x, y, yaw], metres and radians; absent: the layout's next start)",
    ],
    [
      'more robots spelled out than there are',
      'name: x\nteam: { agents: 1, robots: [{}, {}] }\n',
      'f.yaml:2: team.robots is [{},{}]; it should not spell out more robots than there are (team.agents) (What is particular about a robot, in the order of the team; the rest are as `robot` says)',
    ],
    [
      'a rectangle the wrong way round',
      'name: x\nappearance:\n  bareAreas:\n    - [1, 2, 0, 4]\n',
      'f.yaml:4: appearance.bareAreas[0] is [1,2,0,4]; it should be minX, minY, maxX, maxY, each minimum below its maximum',
    ],
    [
      'a section with nothing in it',
      'name: x\nradio:\n',
      'f.yaml:2: radio is empty; it should be keys with values: range, wallLoss, bandwidth, delay, loss (How robots talk)',
    ],
    [
      'no name',
      'duration: 3\n',
      'f.yaml:1: name is missing; it should be text, and not empty (Short name, used in tables and run folders)',
    ],
    ['nothing', '# later\n', 'f.yaml: is empty; the least a scenario needs is a name'],
    ['a quote left open', 'name: x\ndescription: "x\n', 'f.yaml:3: not YAML: Missing closing "quote'],
    [
      'a slip of indentation',
      'name: x\nteam:\n  agents: 2\n robots: []\n',
      'f.yaml:4: not YAML: All mapping items must start at the same column',
    ],
    ['a key twice', 'name: x\nname: y\n', 'f.yaml:2: not YAML: Map keys must be unique'],
    [
      'an alias of nothing',
      'name: *x\n',
      'f.yaml: not YAML: Unresolved alias (the anchor must be set before the alias): x',
    ],
  ])('with %s is refused in one clear sentence', (_, text, message) => {
    expect(complaint(text)).toBe(message);
  });

  it('has all its problems told at once, as they come in the file', () => {
    const lines = complaint(
      'name: x\nradio: { loss: 2 }\nteam:\n  agents: 0\n  robtos: []\nduration: 0\n',
    ).split('\n');
    expect(lines.map((line) => line.split(':')[1])).toEqual(['2', '4', '5', '6']);
  });
});
