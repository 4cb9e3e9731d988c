import { createHash } from "node:crypto";

const newline = 0x0a;

/** Counts rows and bytes of COPY's text format and computes their SHA-256 while they pass. Row ends are its only newlines. */
export class Digest {
  rows = 0;
  bytes = 0;
  private readonly hash = createHash("sha256");

  update(chunk: Buffer): void {
    this.hash.update(chunk);
    this.bytes += chunk.length;
    for (let at = chunk.indexOf(newline); at !== -1; at = chunk.indexOf(newline, at + 1)) this.rows += 1;
  }

  async *pass(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) {
      this.update(chunk);
      yield chunk;
    }
  }

  /** Ends the digest. @returns hexadecimal SHA-256 */
  end(): string {
    return this.hash.digest("hex");
  }
}

/** Returns the hexadecimal SHA-256 of bytes. */
export function sha256(bytes: Buffer | string): string {
  return createHash("sha256").update(bytes).digest("hex");
}
