/** Reads what ByteWriter wrote. */
export class ByteReader {
  private readonly buffer: Buffer;
  private at = 0;

  constructor(buffer: Buffer) {
    this.buffer = buffer;
  }

  integer(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.byte();
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  }

  double(): number {
    return this.buffer.readDoubleLE(this.past(8));
  }

  single(): number {
    return this.buffer.readFloatLE(this.past(4));
  }

  text(): string {
    const start = this.past(this.integer());
    return this.buffer.toString("utf8", start, this.at);
  }

  sparse(counts: Float64Array, also?: (index: number, count: number) => void): void {
    let index = -1;
    for (let left = this.integer(); left > 0; left--) {
      index += this.integer() + 1;
      if (index >= counts.length) throw new Error("A packed state has more bins than its profile.");
      const count = this.integer();
      counts[index] = count;
      also?.(index, count);
    }
  }

  isAtEnd(): boolean {
    return this.at >= this.buffer.length;
  }

  skip(bytes: number): void {
    this.past(bytes);
  }

  /** @returns their start position */
  private past(bytes: number): number {
    const start = this.at;
    if (start + bytes > this.buffer.length) tooShort();
    this.at = start + bytes;
    return start;
  }

  private byte(): number {
    const byte = this.buffer[this.at++];
    return byte ?? tooShort();
  }
}

function tooShort(): never {
  throw new Error("A packed state ends too early.");
}
