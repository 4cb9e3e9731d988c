/** Writes numbers one after the other, integers in as few bytes as they need. */
export class ByteWriter {
  private buffer = Buffer.allocUnsafe(4096);
  private length = 0;

  /** Writes an integer from 0 to 2^53: seven bits per byte, lowest first. */
  integer(value: number): void {
    this.reserve(8);
    let left = value;
    while (left > 127) {
      this.buffer[this.length++] = (left % 128) | 128;
      left = left < 2 ** 31 ? left >>> 7 : Math.floor(left / 128);
    }
    this.buffer[this.length++] = left;
  }

  double(value: number): void {
    this.reserve(8);
    this.length = this.buffer.writeDoubleLE(value, this.length);
  }

  single(value: number): void {
    this.reserve(4);
    this.length = this.buffer.writeFloatLE(value, this.length);
  }

  text(value: string): void {
    const bytes = Buffer.byteLength(value);
    this.integer(bytes);
    this.reserve(bytes);
    this.length += this.buffer.write(value, this.length);
  }

  /** Counts that are mostly 0: how many are not, then each with its distance to the one before. */
  sparse(counts: Float64Array, also?: (index: number) => void): void {
    let used = 0;
    for (const count of counts) if (count > 0) used += 1;
    this.integer(used);
    let last = -1;
    for (let index = 0; index < counts.length; index++) {
      const count = counts[index] as number;
      if (!(count > 0)) continue;
      this.integer(index - last - 1);
      this.integer(count);
      also?.(index);
      last = index;
    }
  }

  /** Returns the written bytes, as a copy. */
  bytes(): Buffer {
    return Buffer.from(this.buffer.subarray(0, this.length));
  }

  /** Appends what another one holds, with its length in front. */
  block(other: ByteWriter): void {
    this.integer(other.length);
    this.reserve(other.length);
    other.buffer.copy(this.buffer, this.length, 0, other.length);
    this.length += other.length;
  }

  clear(): void {
    this.length = 0;
  }

  private reserve(bytes: number): void {
    if (this.length + bytes <= this.buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.buffer.length * 2, this.length + bytes));
    this.buffer.copy(larger, 0, 0, this.length);
    this.buffer = larger;
  }
}
