// Where things lie in the records that ../stage.ts writes and the passes read.

// A body: 12 f64. Its frame is upright: x, y, cos and sin of its heading; velocity vx, vy; radius and middle height of a sphere
// around it; first polygon and number of them; 1 if it is there, else 0.
export const BODY_SIZE: usize = 96;
export const BODY_X: usize = 0;
export const BODY_Y: usize = 8;
export const BODY_COS: usize = 16;
export const BODY_SIN: usize = 24;
export const BODY_VX: usize = 32;
export const BODY_VY: usize = 40;
export const BODY_RADIUS: usize = 48;
export const BODY_MIDDLE: usize = 56;
export const BODY_FIRST: usize = 64;
export const BODY_COUNT: usize = 72;
export const BODY_PRESENT: usize = 80;

// A convex polygon in its body's frame: 16 f64. Outward normal and offset along it; origin and the two axes of its texture, metres;
// then i32: first vertex, number of vertices, address of its look, seed of its texture; f32: its grey, and how strong its texture is.
export const POLYGON_SIZE: usize = 136;
export const POLYGON_NORMAL: usize = 0;
export const POLYGON_OFFSET: usize = 24;
export const POLYGON_ORIGIN: usize = 32;
export const POLYGON_U: usize = 56;
export const POLYGON_V: usize = 80;
export const POLYGON_FIRST: usize = 104;
export const POLYGON_COUNT: usize = 108;
export const POLYGON_LOOK: usize = 112;
export const POLYGON_SEED: usize = 116;
export const POLYGON_GREY: usize = 120;
export const POLYGON_STRENGTH: usize = 124;
// How much nearer it counts than it is, as a share: what lies flat on another surface shows.
export const POLYGON_BIAS: usize = 128;

// A vertex: 3 f64, counter-clockwise seen from outside.
export const VERTEX_SIZE: usize = 24;

// A camera: f64 fx, fy, cx, cy, its position, and its rotation, row-major: columns are its axes in the scene.
export const CAMERA_POSITION: usize = 32;
export const CAMERA_ROTATION: usize = 56;

// A polygon as this image sees it. f32: inverse depth is wu·u + wv·v + w1; texture coordinates are s0 + z·(su·u + sv·v + s1), and so
// for t; grey and strength; i32: look, seed, body, first corner on the image and number of them.
export const PLANE_SIZE: usize = 80;
export const PLANE_W: usize = 0;
export const PLANE_S: usize = 12;
export const PLANE_T: usize = 28;
export const PLANE_GREY: usize = 44;
export const PLANE_STRENGTH: usize = 48;
export const PLANE_LOOK: usize = 52;
export const PLANE_SEED: usize = 56;
export const PLANE_BODY: usize = 60;
export const PLANE_FIRST: usize = 64;
export const PLANE_COUNT: usize = 68;

// A corner on the image: f32 u, v.
export const CORNER_SIZE: usize = 8;

// A look: i32 number of layers (0: a bitmap, whose address follows), then from byte 16 its layers. f32: cells a metre, cells after
// which it repeats (0: never); i32 share of cells with a mark (of 1024); f32 amplitude, how far marks may be turned (0…1); i32 its
// first tile of the atlas.
export const LOOK_LAYERS: usize = 16;
export const LAYER_SIZE: usize = 24;
export const LAYER_PERIOD: usize = 4;
export const LAYER_SHARE: usize = 8;
export const LAYER_AMPLITUDE: usize = 12;
export const LAYER_TURN: usize = 16;
export const LAYER_TILE: usize = 20;
