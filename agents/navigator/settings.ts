/** Every default of the navigator: metres, seconds, radians unless a name says otherwise. */
export const SETTINGS = {
  grid: {
    cell: 0.1,
    /** Side of the cells in which robots tell each other what they have explored, in fine cells. */
    coarse: 10,
    /** Largest side of the grid, in cells; a pose beyond it starts the map over. */
    largest: 1600,
    /** Evidence is scaled log-odds: occupied where positive. */
    hit: 8,
    miss: 3,
    most: 40,
    least: -24,
    /** What an obstacle on ground that was surely free loses a second: people walk on, drift heals. */
    forget: 1,
    /** A scan is drawn only while the pose is better than this… */
    worstSigma: 0.7,
    /** …and turns slower. */
    fastestTurn: 1.3,
    /** Hits this near to a known robot are the robot's. */
    peerRadius: 0.45,
    /** An estimate that jumps by more than this while tracking means another frame: the map moves along. */
    jump: 1,
    jumpTurn: 0.3,
  },
  surroundings: {
    /** How long, how far and how many points around the robot are remembered. */
    memory: 30,
    /** How long what only the bumper felt is remembered. */
    feltMemory: 40,
    range: 2.2,
    capacity: 1024,
  },
  plan: {
    /** Added to the footprint: half a cell, and what the chamfer distance exaggerates. */
    margin: 0.1,
    /** Where clearance starts to cost nothing. */
    comfortable: 0.6,
    /** Shortest time between two searches. */
    period: 0.5,
    /** Longest straight piece of a path. */
    longestPiece: 3,
  },
  explore: {
    /** Fewest cells of a frontier, and of unknown ground behind it worth going for (m²). */
    smallest: 4,
    leastGain: 0.15,
    /** Frontiers with less than this share left unexplored by teammates are theirs. */
    leastShare: 0.35,
    mostGain: 3,
    /** Frontiers longer than this many cells are split. */
    longest: 25,
    /** Side of the window in which unknown ground behind a frontier counts, in cells either way. */
    gainReach: 15,
    /** How often the choice is looked at again, and by how much another must be better. */
    reconsider: 2.5,
    hysteresis: 1.7,
    /** A claim this near takes interest away. */
    claimRange: 10,
    /** A teammate unheard for this long claims nothing. */
    claimAge: 20,
    blacklist: 60,
    blacklistRadius: 0.8,
    /** Places unseen for this long are worth a visit when nothing else is left. */
    stale: 25,
  },
  drive: {
    lookahead: 0.55,
    acceleration: 1,
    braking: 1.6,
    turnAcceleration: 3,
    /** Turn rates: when tracking well, when thin, when looking around. */
    turn: 1.1,
    thinTurn: 0.8,
    lookTurn: 0.8,
    /** Heading errors at which rotating in place starts and ends. */
    rotateAbove: 0.75,
    rotateBelow: 0.25,
    arrived: 0.25,
    /** Least gap kept to whatever stands around. */
    gap: 0.07,
    /** Seconds between seeing and braking. */
    reaction: 0.35,
    slow: 0.25,
    /** With no other way, it creeps past things at this speed and gap. */
    creep: 0.1,
    creepGap: 0.045,
    /** Held up by obstacles for this long, another way is searched for; for the second, it backs off. */
    heldSearch: 1.2,
    heldBackOff: 3,
  },
  yield: {
    /** Centre distance at which robots start to mind each other, and at which the one that yields stops. */
    notice: 2,
    stop: 1.15,
    /** Waiting this long, the higher id gives way; the lower does after the second. */
    patience: 2.5,
    longPatience: 7,
    /** Room another robot needs to pass, and how long to stay there. */
    room: 0.75,
    stay: 5,
  },
  stuck: {
    /** Command that much: less than the share moved means stuck. */
    distance: 0.4,
    angle: 0.9,
    share: 0.25,
    /** Stuck again within this long escalates. */
    escalate: 15,
  },
  recover: {
    /** Blind for so long is as good as lost; doubles with every recovery that did not help. */
    blindPatience: 4,
    lookTurn: 0.5,
    retreat: 3,
    retreatSpeed: 0.3,
    /** With no way back left: ahead by so much, after a turn that never repeats (the golden angle). */
    wander: 1.5,
    wanderTurn: 2.4,
    crumb: 0.3,
    crumbs: 400,
  },
  observe: {
    timeout: 40,
    sightings: 8,
    duration: 3,
    /** Standpoints are this far inside the nearest recognisable range, and up to this share of the farthest. */
    margin: 0.4,
    share: 0.6,
    /** Patience at a standpoint from which nothing is seen, and with a peer nothing leads to. */
    patience: 5,
  },
  meet: {
    /** σ from which a robot that is watched stops to look back. */
    unsure: 0.15,
    /** A watcher farther away than this is not waited for. */
    near: 9,
    /** Sightings of the watcher that are enough, how far it then goes before it looks back again, and the longest it waits. */
    looks: 8,
    again: 3,
    patience: 15,
  },
} as const;
