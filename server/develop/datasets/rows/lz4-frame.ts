const magic = 0x184d2204;
const blockBytes = [0, 0, 0, 0, 2 ** 16, 2 ** 18, 2 ** 20, 2 ** 22];

/**
 * Unpacks an LZ4 frame, as Arrow's files have them around each buffer.
 * https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md and https://github.com/lz4/lz4/blob/dev/doc/lz4_Block_format.md
 * @param maxBytes of what comes out. @throws Error for what is none, is damaged, or is more
 */
export function unpackLz4Frame(input: Uint8Array, maxBytes: number): Uint8Array {
  const view = new DataView(input.buffer, input.byteOffset, input.byteLength);
  if (view.getUint32(0, true) !== magic) throw new Error("not an LZ4 frame");
  const flags = view.getUint8(4);
  const most = blockBytes[(view.getUint8(5) >> 4) & 7];
  if (flags >> 6 !== 1 || !most) throw new Error("this LZ4 frame is of an unknown kind");
  const hasBlockChecksum = (flags & 16) !== 0;
  // Content size and dictionary id precede the checksum of the header.
  let at = 7 + (flags & 8 ? 8 : 0) + (flags & 1 ? 4 : 0);
  let output = new Uint8Array(Math.max(most, input.length * 2));
  let length = 0;
  for (;;) {
    const size = view.getUint32(at, true);
    at += 4;
    if (size === 0) return output.subarray(0, length);
    const bytes = size & 0x7fffffff;
    if (length + most > output.length) output = grown(output, length + most);
    if (size >>> 31) {
      output.set(input.subarray(at, at + bytes), length);
      length += bytes;
    } else {
      length = unpackBlock(input.subarray(at, at + bytes), output, length);
    }
    if (length > maxBytes) throw new Error(`it decompresses to more than ${maxBytes / 2 ** 20} MiB`);
    at += bytes + (hasBlockChecksum ? 4 : 0);
  }
}

function grown(output: Uint8Array<ArrayBuffer>, least: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(Math.max(least, output.length * 2));
  larger.set(output);
  return larger;
}

/** Appends what one block holds to `output`, to which it may refer back. @returns where it ends */
function unpackBlock(input: Uint8Array, output: Uint8Array, start: number): number {
  let to = start;
  let at = 0;
  const byte = () => {
    const value = input[at];
    if (value === undefined) throw new Error("an LZ4 block ends too early");
    at += 1;
    return value;
  };
  const lengthFrom = (first: number) => {
    let sum = first;
    if (first < 15) return sum;
    for (let more = 255; more === 255; sum += more) more = byte();
    return sum;
  };
  while (at < input.length) {
    const token = byte();
    const literals = lengthFrom(token >> 4);
    if (at + literals > input.length || to + literals > output.length) throw new Error("an LZ4 block is damaged");
    output.set(input.subarray(at, at + literals), to);
    at += literals;
    to += literals;
    if (at >= input.length) break;
    const distance = byte() | (byte() << 8);
    const matched = lengthFrom(token & 15) + 4;
    if (distance === 0 || distance > to || to + matched > output.length) throw new Error("an LZ4 block is damaged");
    if (distance >= matched) output.copyWithin(to, to - distance, to - distance + matched);
    else for (let index = 0; index < matched; index += 1) output[to + index] = output[to + index - distance] as number;
    to += matched;
  }
  return to;
}
