import { readFileSync, writeFileSync } from "node:fs";
import { crc32, deflateSync, inflateSync } from "node:zlib";

/**
 * Writes a PNG again with a palette of 256 of its colours; each other pixel takes the nearest of them. A window's
 * picture has few more, so nobody sees it, and the file is half as large. For what Chromium writes: 8 bits a channel,
 * not interlaced.
 */
export function withFewColours(file: string): void {
  const { width, height, pixels } = decode(readFileSync(file));
  const palette = paletteOf(pixels);
  const index = new Map(palette.map((colour, at) => [colour, at]));
  const rows = Buffer.alloc(height * (width + 1)); // each begins with its filter: 0, none
  pixels.forEach((colour, at) => {
    const found = index.get(colour) ?? nearest(palette, colour);
    index.set(colour, found);
    rows[at + Math.floor(at / width) + 1] = found;
  });
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 3], 8); // bits, palette
  const colours = Buffer.from(palette.flatMap((colour) => channels(colour).slice(0, 3)));
  const alphas = Buffer.from(palette.map((colour) => channels(colour)[3]!));
  const chunks = [
    chunk("IHDR", header),
    chunk("PLTE", colours),
    ...(alphas.every((alpha) => alpha === 255) ? [] : [chunk("tRNS", alphas)]),
    chunk("IDAT", deflateSync(rows, { level: 9, memLevel: 9 })),
    chunk("IEND", Buffer.alloc(0)),
  ];
  writeFileSync(file, Buffer.concat([SIGNATURE, ...chunks]));
}

const SIGNATURE = Buffer.from("\x89PNG\r\n\x1a\n", "latin1");

/** Pixels as 0xRRGGBBAA. */
function decode(png: Buffer): { width: number; height: number; pixels: Uint32Array } {
  const parts: Buffer[] = [];
  for (let at = SIGNATURE.length; at < png.length; at += 12 + png.readUInt32BE(at)) {
    if (png.toString("latin1", at + 4, at + 8) === "IDAT")
      parts.push(png.subarray(at + 8, at + 8 + png.readUInt32BE(at)));
  }
  const [width, height, bits, kind, interlaced] = [
    png.readUInt32BE(16),
    png.readUInt32BE(20),
    png[24],
    png[25],
    png[28],
  ];
  if (bits !== 8 || (kind !== 2 && kind !== 6) || interlaced !== 0) throw new Error("A PNG of another kind.");
  const size = kind === 6 ? 4 : 3;
  const rows = unfilter(inflateSync(Buffer.concat(parts)), width * size, size);
  const pixels = new Uint32Array(width * height);
  for (let at = 0; at < pixels.length; at++) {
    const [r, g, b, a = 255] = rows.subarray(at * size, (at + 1) * size);
    pixels[at] = ((r! << 24) | (g! << 16) | (b! << 8) | a) >>> 0;
  }
  return { width, height, pixels };
}

/** PNG (third edition) §9: each byte was written as its difference from what its neighbours foretell. */
function unfilter(data: Buffer, length: number, size: number): Buffer {
  const height = data.length / (length + 1);
  const rows = Buffer.alloc(height * length);
  for (let y = 0; y < height; y++) {
    const filter = data[y * (length + 1)]!;
    for (let x = 0; x < length; x++) {
      const at = y * length + x;
      const left = x < size ? 0 : rows[at - size]!;
      const above = y === 0 ? 0 : rows[at - length]!;
      const corner = x < size || y === 0 ? 0 : rows[at - length - size]!;
      const foretold = [0, left, above, (left + above) >> 1, paeth(left, above, corner)][filter]!;
      rows[at] = data[y * (length + 1) + 1 + x]! + foretold;
    }
  }
  return rows;
}

function paeth(left: number, above: number, corner: number): number {
  const guess = left + above - corner;
  const [l, a, c] = [left, above, corner].map((value) => Math.abs(guess - value)) as [number, number, number];
  if (l <= a && l <= c) return left;
  return a <= c ? above : corner;
}

/**
 * Half of them are the most frequent ones. The others are each the one that is farthest from all before it: an icon has
 * few pixels, and must not turn grey.
 */
function paletteOf(pixels: Uint32Array): number[] {
  const counts = new Map<number, number>();
  for (const colour of pixels) counts.set(colour, (counts.get(colour) ?? 0) + 1);
  const all = [...counts].sort((a, b) => b[1] - a[1]).map(([colour]) => colour);
  const palette = all.slice(0, MOST / 2);
  const rest = all.slice(MOST / 2);
  const errors = rest.map((colour) => Math.min(...palette.map((other) => distance(colour, other))));
  while (palette.length < MOST) {
    const worst = errors.indexOf(Math.max(...errors));
    if (worst === -1 || errors[worst] === 0) break;
    const taken = rest[worst]!;
    palette.push(taken);
    rest.forEach((colour, at) => {
      errors[at] = Math.min(errors[at]!, distance(colour, taken));
    });
  }
  return palette;
}

const MOST = 256;

function nearest(palette: readonly number[], colour: number): number {
  const distances = palette.map((other) => distance(colour, other));
  return distances.indexOf(Math.min(...distances));
}

function distance(one: number, other: number): number {
  const [a, b] = [channels(one), channels(other)];
  return a.reduce((sum, value, at) => sum + (value - b[at]!) ** 2, 0);
}

function channels(colour: number): number[] {
  return [colour >>> 24, (colour >>> 16) & 255, (colour >>> 8) & 255, colour & 255];
}

function chunk(type: string, data: Buffer): Buffer {
  const whole = Buffer.alloc(12 + data.length);
  whole.writeUInt32BE(data.length, 0);
  whole.write(type, 4, "latin1");
  whole.set(data, 8);
  whole.writeUInt32BE(crc32(whole.subarray(4, 8 + data.length)), 8 + data.length);
  return whole;
}
