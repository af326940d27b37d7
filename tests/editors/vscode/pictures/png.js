// A PNG with a palette of 256 colours in the place of one with all of them: a quarter of the size, and for pictures of
// programs no difference that one sees.

import zlib from 'node:zlib';

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** The same picture with at most 256 colours. */
export function reduced(png) {
  const { width, height, pixels } = decoded(png);
  const counts = new Map();
  for (const pixel of pixels) counts.set(pixel, (counts.get(pixel) ?? 0) + 1);
  const { colours, index } = palette(counts);
  const rows = Buffer.alloc((width + 1) * height);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) rows[y * (width + 1) + x + 1] = index.get(pixels[y * width + x]);
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 3, 0, 0, 0], 8);
  const table = Buffer.from(colours.flatMap((colour) => [colour >> 16, (colour >> 8) & 255, colour & 255]));
  const data = zlib.deflateSync(rows, { level: 9, memLevel: 9 });
  return Buffer.concat([SIGNATURE, chunk('IHDR', header), chunk('PLTE', table), chunk('IDAT', data), chunk('IEND', Buffer.alloc(0))]);
}

/** Size and pixels, each as one number, of a PNG as browsers write it: 8 bits a channel, not interlaced. */
function decoded(png) {
  const parts = [];
  let width, height, channels;
  for (let at = SIGNATURE.length; at < png.length; ) {
    const length = png.readUInt32BE(at);
    const type = png.toString('latin1', at + 4, at + 8);
    const data = png.subarray(at + 8, at + 8 + length);
    if (type === 'IHDR') {
      [width, height] = [data.readUInt32BE(0), data.readUInt32BE(4)];
      channels = { 2: 3, 6: 4 }[data[9]];
    } else if (type === 'IDAT') parts.push(data);
    at += length + 12;
  }
  const bytes = unfiltered(zlib.inflateSync(Buffer.concat(parts)), width * channels, height, channels);
  const pixels = new Uint32Array(width * height);
  for (let at = 0; at < pixels.length; at += 1) {
    const from = at * channels;
    pixels[at] = (bytes[from] << 16) | (bytes[from + 1] << 8) | bytes[from + 2];
  }
  return { width, height, pixels };
}

/** The bytes of all rows, without what the five filters of PNG do to them. */
function unfiltered(raw, stride, height, channels) {
  const out = Buffer.alloc(stride * height);
  for (let y = 0; y < height; y += 1) {
    const filter = raw[y * (stride + 1)];
    for (let x = 0; x < stride; x += 1) {
      const left = x < channels ? 0 : out[y * stride + x - channels];
      const up = y === 0 ? 0 : out[(y - 1) * stride + x];
      const corner = y === 0 || x < channels ? 0 : out[(y - 1) * stride + x - channels];
      const guess = [0, left, up, (left + up) >> 1, nearest(left, up, corner)][filter];
      out[y * stride + x] = raw[y * (stride + 1) + 1 + x] + guess;
    }
  }
  return out;
}

function nearest(left, up, corner) {
  const at = left + up - corner;
  const [a, b, c] = [Math.abs(at - left), Math.abs(at - up), Math.abs(at - corner)];
  if (a <= b && a <= c) return left;
  return b <= c ? up : corner;
}

/** At most 256 colours for these, by median cut, and for each colour its number among them. */
function palette(counts) {
  const channel = (colour, shift) => (colour >> shift) & 255;
  let boxes = [[...counts.keys()]];
  while (boxes.length < 256) {
    const spreads = boxes.map((box) => widest(box, counts));
    const at = spreads.reduce((best, it, index) => (it.weight > spreads[best].weight ? index : best), 0);
    if (spreads[at].weight === 0) break;
    const { shift } = spreads[at];
    const sorted = boxes[at].toSorted((a, b) => channel(a, shift) - channel(b, shift));
    const middle = Math.max(1, Math.min(sorted.length - 1, half(sorted, counts)));
    boxes.splice(at, 1, sorted.slice(0, middle), sorted.slice(middle));
  }
  const index = new Map();
  const colours = boxes.map((box, number) => {
    for (const colour of box) index.set(colour, number);
    // The colour that is there most: large areas keep theirs.
    return box.reduce((best, colour) => (counts.get(colour) > counts.get(best) ? colour : best));
  });
  return { colours, index };
}

/** The channel in which a box is widest, and how much there is to gain by a cut. */
function widest(box, counts) {
  if (box.length === 1) return { shift: 0, weight: 0 };
  let best = { shift: 0, weight: -1 };
  const total = box.reduce((sum, colour) => sum + counts.get(colour), 0);
  for (const shift of [16, 8, 0]) {
    let [low, high] = [255, 0];
    for (const colour of box) {
      const value = (colour >> shift) & 255;
      if (value < low) low = value;
      if (value > high) high = value;
    }
    const weight = (high - low) ** 2 * Math.sqrt(total);
    if (weight > best.weight) best = { shift, weight };
  }
  return best;
}

/** Where half of the pixels of a sorted box are. */
function half(sorted, counts) {
  const total = sorted.reduce((sum, colour) => sum + counts.get(colour), 0);
  let seen = 0;
  return sorted.findIndex((colour) => (seen += counts.get(colour)) * 2 >= total);
}

function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const out = Buffer.alloc(body.length + 8);
  out.writeUInt32BE(data.length, 0);
  body.copy(out, 4);
  out.writeUInt32BE(zlib.crc32(body), body.length + 4);
  return out;
}
