import * as z from 'zod';
import { type JsonSchema, jsonSchemaOf } from './json-schema.ts';
import { overridesOf } from './overrides.ts';

/**
 * The scenario file: every key, unit and default in one place. `load.ts` checks files against it and `write-schema.ts`
 * publishes it as `scenario.schema.json`, from which editors complete and explain keys. Metres, seconds, radians and
 * kilograms unless a key says otherwise; x, y on the floor, yaw counter-clockwise from +x.
 */

const share = z.number().min(0).max(1);
const positive = z.number().positive();
const notNegative = z.number().min(0);
const seed = z.int().min(0);
const place = z.tuple([z.number(), z.number(), z.number()]);
const waypoint = z.tuple([z.number(), z.number()]);
const rectangle = z
  .tuple([z.number(), z.number(), z.number(), z.number()])
  .refine(([minX, minY, maxX, maxY]) => minX < maxX && minY < maxY, {
    error: 'should be minX, minY, maxX, maxY, each minimum below its maximum',
  });

const drawnLayout = z.strictObject({
  kind: z.enum(['office', 'warehouse', 'corridors', 'plaza']).describe('What is built, drawn from the seed'),
  seed: seed.describe('Same seed, same building; independent of the appearance').default(1),
  width: z.number().min(8).max(200).describe('Extent along x, metres').default(30),
  depth: z.number().min(8).max(200).describe('Extent along y, metres').default(22),
  clutter: share.describe('0…1: how much loose clutter stands around').default(0.3),
  people: z.int().min(0).max(200).describe('Number of people who walk about').default(0),
});

const explicitLayout = z.strictObject({
  kind: z.literal('explicit').describe('Everything spelled out below'),
  bounds: rectangle.describe('The floor: minX, minY, maxX, maxY, metres'),
  ceiling: positive.describe('Height of the ceiling, metres').default(3),
  solids: z
    .array(
      z.strictObject({
        kind: z.enum(['wall', 'door', 'furniture', 'clutter']).describe('What it is'),
        x: z.number().describe('Centre along x, metres'),
        y: z.number().describe('Centre along y, metres'),
        z: z
          .number()
          .describe('Height of the centre, metres; where absent it stands on the floor')
          .optional(),
        hx: positive.describe('Half its extent along its own x axis, metres'),
        hy: positive.describe('Half its extent along its own y axis, metres'),
        hz: positive.describe('Half its height, metres'),
        yaw: z.number().describe('Heading of its own x axis, radians').default(0),
        mass: positive.describe('Kilograms; where absent it cannot be pushed').optional(),
      }),
    )
    .describe('Upright boxes: walls, doors, furniture, clutter; walls around the floor too, if there are any')
    .default([]),
  persons: z
    .array(
      z.strictObject({
        route: z.array(waypoint).min(2).describe('Walked to and fro: [x, y] each, metres'),
        speed: positive.max(3).describe('m/s').default(1),
        offset: notNegative.describe('Metres along the route at time 0').default(0),
      }),
    )
    .describe('People who walk about')
    .default([]),
  starts: z
    .array(place)
    .describe('Where robots may start: [x, y, yaw] each, metres and radians, clear of everything by 0.5 m')
    .default([]),
});

const appearance = z.strictObject({
  seed: seed.describe('Same seed, same surfaces; independent of the layout').default(1),
  texture: notNegative.describe('Corners a square metre of a well-textured wall').default(90),
  bare: share.describe('0…1: share of walls left bare, whole rooms or stretches at a time').default(0.15),
  repeated: share.describe('0…1: share of textured walls that carry a repeating pattern').default(0.1),
  light: share.describe('0…1: dim light weakens and blurs features').default(0.9),
  bareAreas: z
    .array(rectangle)
    .describe('Where nothing has texture, whatever the seed: [minX, minY, maxX, maxY] each, metres')
    .default([]),
});

const camera = z
  .strictObject({
    kind: z
      .enum(['rgbd', 'stereo'])
      .describe('rgbd: an image with depth; stereo: two images')
      .default('rgbd'),
    width: z.int().min(64).max(4096).describe('Image width, pixels').default(640),
    height: z.int().min(64).max(4096).describe('Image height, pixels').default(480),
    fx: positive.describe('Focal length along x, pixels').default(385),
    fy: positive.describe('Focal length along y, pixels').default(385),
    cx: notNegative
      .describe('Principal point along x, pixels, (0, 0) being a pixel centre; absent: the middle')
      .optional(),
    cy: notNegative.describe('Principal point along y, pixels; absent: the middle').optional(),
    baseline: positive
      .describe(
        'Metres between the stereo cameras; for RGB-D, what turns depth into a disparity whose noise is then taken for a pixel or less',
      )
      .default(0.5),
    closeDepth: positive
      .describe('Depth up to which one measurement makes a map point at once, metres')
      .default(4),
    rateHz: positive.max(100).describe('Sensor packets a second').default(10),
    mount: z
      .strictObject({
        forward: z.number().min(-1).max(1).describe('Metres ahead of the axle').default(0.1),
        height: positive.max(3).describe('Metres above the floor').default(0.35),
        pitch: z.number().min(-1.5).max(1.5).describe('Radians it looks down; negative: up').default(0),
      })
      .describe('Where the camera sits on the robot')
      .prefault({}),
    pyramid: z
      .strictObject({
        levels: z.int().min(1).max(16).describe('Number of levels').default(8),
        scaleFactor: z
          .number()
          .gt(1)
          .max(2)
          .describe('How much each level shrinks the one before')
          .default(1.2),
      })
      .describe("The feature detector's image pyramid")
      .prefault({}),
  })
  .describe('The camera, as its calibration has it')
  .prefault({});

const fov = z.number().positive().max(6.2832);

const robot = z.strictObject({
  radius: positive.max(1).describe('Radius of the footprint, metres').default(0.22),
  mass: positive.describe('Kilograms').default(12),
  maxSpeed: positive.max(5).describe('m/s').default(0.7),
  maxTurnRate: positive.max(10).describe('rad/s').default(1.2),
  camera,
  scan: z
    .strictObject({
      fov: fov.describe('Field of view, radians, centred on straight ahead').default(1.5),
      maxRange: positive.max(50).describe('Metres').default(8),
    })
    .describe('The coarse planar depth scan the robot navigates by')
    .prefault({}),
  sighting: z
    .strictObject({
      fov: fov.describe('Field of view, radians, centred on straight ahead').default(1.2),
      minRange: notNegative.describe('Metres; nearer, its boards reach beyond the image').default(1.3),
      maxRange: positive.max(50).describe('Metres; when turning, and with few pixels, less').default(10),
    })
    .describe('Where a teammate can be recognised by the boards on its mast')
    .prefault({}),
});

const member = z.strictObject({
  name: z.string().min(1).describe('What the viewer and the tables call it').optional(),
  start: place
    .describe("Where it stands at time 0: [x, y, yaw], metres and radians; absent: the layout's next start")
    .optional(),
  diesAt: notNegative.describe('Mission time at which it falls silent for good, seconds').optional(),
  ...overridesOf(robot).shape,
});

const team = z
  .strictObject({
    agents: z.int().min(1).max(64).describe('Number of robots').default(4),
    robots: z
      .array(member)
      .describe('What is particular about a robot, in the order of the team; the rest are as `robot` says')
      .default([]),
  })
  .refine(({ agents, robots }) => robots.length <= agents, {
    path: ['robots'],
    error: 'should not spell out more robots than there are (team.agents)',
  });

const noise = z.strictObject({
  camera: z
    .strictObject({
      maxFeatures: z.int().min(1).max(5000).describe('Most keypoints an image').default(300),
      pixelSigma: notNegative.describe('σ of a keypoint on pyramid level 0, pixels').default(0.7),
      depthSigma: z
        .tuple([notNegative, notNegative])
        .describe('Depth noise [a, b]: σ(z) = a + b·z², metres')
        .default([0.002, 0.0025]),
      maxDepth: positive.describe('Metres beyond which depth is unknown').default(8),
      bitFlip: z
        .number()
        .min(0)
        .max(0.5)
        .describe('Share of descriptor bits that flip, seen head-on in good light')
        .default(0.05),
      outlierShare: share.describe('0…1: share of keypoints that belong to nothing').default(0.08),
      exposure: notNegative
        .describe('Seconds; what moves some pixels within it is lost to blur')
        .default(0.008),
    })
    .describe('What the camera adds')
    .prefault({}),
  wheels: z
    .strictObject({
      track: positive.describe('Metres between the wheels').default(0.34),
      wheelRadius: positive.describe('Metres').default(0.07),
      maxTorque: positive.describe('Newton metres a wheel at most').default(1),
      slip: notNegative.describe("σ of a wheel's slip, as a share of its motion").default(0.03),
      calibration: notNegative.describe('σ of a constant error of a wheel, as a share').default(0.01),
    })
    .describe('Wheels, their motors, and what their odometry gets wrong')
    .prefault({}),
  sightings: z
    .strictObject({
      detection: share
        .describe('0…1: chance that a teammate whose markers can be read is recognised in a frame')
        .default(0.98),
      wrongIdentity: share
        .describe('0…1: chance that a recognised one is taken for another; rendered markers never are')
        .default(0.005),
      mirror: share
        .describe(
          '0…1: chance, at the farthest range, that one is seen turned as in a mirror; falls with range⁴',
        )
        .default(0.08),
      bearingSigma: notNegative.describe('σ of the bearing, radians').default(0.0005),
      rangeSigma: notNegative
        .describe('σ of the range at 5 m as a share of it; the share grows with the range')
        .default(0.002),
      headingSigma: notNegative
        .describe("σ of the teammate's heading at 5 m, radians; grows with range³")
        .default(0.01),
    })
    .describe('What is wrong with sightings of teammates')
    .prefault({}),
  clocks: z
    .strictObject({
      offset: notNegative.describe("σ of how far a robot's clock is off at the start, seconds").default(0.05),
      drift: notNegative.max(1000).describe('σ of how wrong its rate is, millionths').default(20),
    })
    .describe("What is wrong with the robots' clocks")
    .prefault({}),
});

const radio = z.strictObject({
  range: positive.describe('Metres in the open').default(25),
  wallLoss: notNegative.describe('Metres of range that one wall costs').default(4),
  bandwidth: positive.describe('Bytes a second a robot may send').default(250_000),
  delay: notNegative.describe('Mean delay, seconds').default(0.05),
  loss: share.describe('0…1: share of messages lost at the edge of the range').default(0.1),
});

export const scenarioSchema = z
  .strictObject({
    name: z.string().min(1).describe('Short name, used in tables and run folders'),
    description: z.string().describe('One sentence: what it shows').default(''),
    duration: positive.max(86_400).describe('Length of the mission, seconds').default(300),
    layout: z
      .discriminatedUnion('kind', [drawnLayout, explicitLayout])
      .describe('What stands where')
      .prefault({ kind: 'office' }),
    appearance: appearance.describe('What surfaces look like').prefault({}),
    team: team.describe('Who takes part').prefault({}),
    initialPoses: z
      .enum(['known', 'unknown'])
      .describe('Whether the team knows where its robots start relative to each other')
      .default('known'),
    robot: robot.describe('What every robot is like').prefault({}),
    noise: noise.describe('How sensors and wheels err').prefault({}),
    radio: radio.describe('How robots talk').prefault({}),
    decision: z
      .strictObject({
        epoch: positive.describe('Seconds between decisions of a robot').default(5),
        observeBudget: notNegative
          .describe(
            'Seconds that each robot may spend in all to watch teammates, ways there included; absent: as many as it likes',
          )
          .optional(),
      })
      .describe('When tasks are decided')
      .prefault({}),
  })
  .describe('A peerslam scenario');

/** A scenario with every default filled in. */
export type Scenario = z.output<typeof scenarioSchema>;
export type RobotSettings = Scenario['robot'];
export type Member = Scenario['team']['robots'][number];

/** The schema as editors read it: of files, where whatever has a default may be left out. */
export function scenarioJsonSchema(): JsonSchema {
  return jsonSchemaOf(scenarioSchema);
}
