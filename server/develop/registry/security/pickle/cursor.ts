import type { ByteSource } from "../../onnx/protobuf.ts";

/** The bytes end in the middle of something, or are not what they should be. */
export class BrokenPickle extends Error {
  /** Whether only a limit of this reader was exceeded: the pickle may be intact. */
  readonly isLimit: boolean;

  constructor(message: string, isLimit = false) {
    super(message);
    this.name = "BrokenPickle";
    this.isLimit = isLimit;
  }
}

const windowBytes = 64 * 1024;
const maxLineLength = 64 * 1024;

/** Reads forward through bytes, a window at a time. Every read throws BrokenPickle at the end. */
export class Cursor {
  position: number;
  private readonly source: ByteSource;
  private window: Uint8Array = new Uint8Array(0);
  private windowStart = 0;

  constructor(source: ByteSource, start: number) {
    this.source = source;
    this.position = start;
  }

  get isAtEnd(): boolean {
    return this.position >= this.source.sizeBytes;
  }

  byte(): number {
    const offset = this.position - this.windowStart;
    if (offset < 0 || offset >= this.window.length) {
      if (this.isAtEnd) throw new BrokenPickle("it is truncated");
      this.windowStart = this.position;
      this.window = this.source.read(this.position, Math.min(this.position + windowBytes, this.source.sizeBytes));
      if (this.window.length === 0) throw new BrokenPickle("it is truncated");
    }
    return this.window[this.position++ - this.windowStart] as number;
  }

  /** Reads an unsigned number, lowest byte first. */
  number(bytes: number): number {
    let value = 0;
    for (let index = 0; index < bytes; index++) value += this.byte() * 2 ** (8 * index);
    return value;
  }

  /** Passes over bytes without reading them. */
  skip(bytes: number): void {
    if (this.position + bytes > this.source.sizeBytes) throw new BrokenPickle("it is truncated");
    this.position += bytes;
  }

  /** Reads text of the given number of bytes; returns undefined and skips it if it is longer than any name. */
  text(bytes: number): string | undefined {
    if (bytes > 4096) {
      this.skip(bytes);
      return undefined;
    }
    const bytesRead = Buffer.alloc(bytes);
    for (let index = 0; index < bytes; index++) bytesRead[index] = this.byte();
    return bytesRead.toString("utf8");
  }

  /** Reads text up to the next line feed, which is excluded. */
  line(): string {
    const bytesRead: number[] = [];
    for (let byte = this.byte(); byte !== 10; byte = this.byte()) {
      if (bytesRead.length >= maxLineLength) throw new BrokenPickle("a line is not terminated");
      bytesRead.push(byte);
    }
    return Buffer.from(bytesRead).toString("utf8");
  }
}
