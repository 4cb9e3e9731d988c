import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { PackedMinute } from "../history/contract.ts";

/** Minutes of states on disk, a file each: for every key the length of its description in four bytes, the description in JSON, and the packed state. */
export class MinuteFiles {
  private readonly folder: string;
  private readonly sizes = new Map<number, number>();

  /** Takes over the files of an earlier process. */
  constructor(folder: string) {
    mkdirSync(folder, { recursive: true });
    this.folder = folder;
    for (const name of readdirSync(folder)) {
      const start = Number(/^(\d+)\.states$/.exec(name)?.[1]);
      if (start > 0) this.sizes.set(start, statSync(join(folder, name)).size);
    }
  }

  /** Starts of minutes in milliseconds since 1970, the oldest first. */
  get starts(): number[] {
    return [...this.sizes.keys()].sort((a, b) => a - b);
  }

  get bytes(): number {
    return [...this.sizes.values()].reduce((sum, size) => sum + size, 0);
  }

  /** Writes a minute atomically: if the process dies meanwhile, the previous file remains. @throws when the disk cannot be written */
  write(start: number, minutes: readonly PackedMinute[]): void {
    const pieces = minutes.flatMap(({ state, ...rest }) => {
      const head = Buffer.from(JSON.stringify({ ...rest, bytes: state.length }));
      const length = Buffer.alloc(4);
      length.writeUInt32LE(head.length);
      return [length, head, state];
    });
    const content = Buffer.concat(pieces);
    writeFileSync(`${this.pathOf(start)}.new`, content);
    renameSync(`${this.pathOf(start)}.new`, this.pathOf(start));
    this.sizes.set(start, content.length);
  }

  read(start: number): PackedMinute[] {
    const content = readFileSync(this.pathOf(start));
    const minutes: PackedMinute[] = [];
    for (let at = 0; at < content.length; ) {
      const headEnd = at + 4 + content.readUInt32LE(at);
      const { bytes, ...rest } = JSON.parse(content.toString("utf8", at + 4, headEnd)) as Omit<
        PackedMinute,
        "state"
      > & {
        bytes: number;
      };
      at = headEnd + bytes;
      minutes.push({ ...rest, state: content.subarray(headEnd, at) });
    }
    return minutes;
  }

  remove(start: number): void {
    rmSync(this.pathOf(start), { force: true });
    this.sizes.delete(start);
  }

  private pathOf(start: number): string {
    return join(this.folder, `${start}.states`);
  }
}
