/** Numbers as little-endian bytes, wherever it runs. */
export function bytesOfFloats(numbers: Float32Array): Uint8Array {
  const bytes = new Uint8Array(4 * numbers.length);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < numbers.length; i++) view.setFloat32(4 * i, numbers[i], true);
  return bytes;
}

/** What `bytesOfFloats` wrote; bytes beyond the last whole number are left out. */
export function floatsOfBytes(bytes: Uint8Array): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Float32Array.from({ length: bytes.length >> 2 }, (_, i) => view.getFloat32(4 * i, true));
}
