/** What peerslam uses of js-aruco2, which carries no types. */
declare module 'js-aruco2' {
  interface Dictionary {
    /** Each code's bits as a string of 0 and 1, row by row. */
    readonly codeList: readonly string[];
    /** Least Hamming distance between two codes in any rotation. */
    readonly tau: number;
    readonly nBits: number;
  }
  export const AR: { readonly Dictionary: new (name: string) => Dictionary };
}

declare module 'js-aruco2/src/dictionaries/apriltag_36h11.js';

declare module 'js-aruco2/src/cv.js' {
  interface Raster {
    width: number;
    height: number;
    data: Uint8Array;
  }
  interface Point {
    readonly x: number;
    readonly y: number;
  }
  export const CV: {
    /** White where a pixel is darker by `threshold` than the (2·kernel + 1)² around it. */
    adaptiveThreshold(from: Raster, to: Raster, kernel: number, threshold: number): void;
    /** @param scratch (width + 2)·(height + 2) signed numbers */
    findContours(binary: Raster, scratch: Int32Array): Point[][];
    approxPolyDP(contour: readonly Point[], epsilon: number): Point[];
    isContourConvex(polygon: readonly Point[]): boolean;
    minEdgeLength(polygon: readonly Point[]): number;
  };
}
