import { closeSync, fstatSync, ftruncateSync, openSync, writeSync } from "node:fs";

/**
 * A file at whose end texts are written whole or not at all. A full disk may take the first part of a text: that part is cut off again, or
 * else the next text would continue its line.
 */
export class AppendFile {
  private readonly file: number;
  /** Bytes of whole texts. */
  private wholeBytes: number;
  private hasRest = false;

  constructor(path: string) {
    this.file = openSync(path, "a");
    this.wholeBytes = fstatSync(this.file).size;
  }

  get bytes(): number {
    return this.wholeBytes;
  }

  /** Writes a text. It survives the death of the process when this returns. @throws when the disk does not take all of it */
  append(text: string): void {
    if (this.hasRest) this.cut();
    const length = Buffer.byteLength(text);
    this.hasRest = true;
    try {
      let written = writeSync(this.file, text);
      const rest = written < length ? Buffer.from(text) : undefined;
      while (rest && written < length) {
        const more = writeSync(this.file, rest, written);
        if (more === 0) throw new Error("The disk took only a part of the data.");
        written += more;
      }
      this.hasRest = false;
    } catch (error) {
      this.tryCut();
      throw error;
    }
    this.wholeBytes += length;
  }

  close(): void {
    if (this.hasRest) this.tryCut();
    closeSync(this.file);
  }

  /** Cuts off what is no whole text. Another attempt precedes the next text if the disk does not allow it now. */
  private tryCut(): void {
    try {
      this.cut();
    } catch {
      this.hasRest = true;
    }
  }

  private cut(): void {
    ftruncateSync(this.file, this.wholeBytes);
    this.hasRest = false;
  }
}
