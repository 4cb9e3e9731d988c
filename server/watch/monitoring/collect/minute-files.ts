import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { AsideFolder } from "#server/serve/telemetry/aside-folder.ts";
import { draftEnding, replaceFile } from "#server/serve/telemetry/replace-file.ts";
import { latestMark, type SpoolMark } from "#server/serve/telemetry/spool-mark.ts";
import type { PackedMinute } from "../history/contract.ts";

/** Minutes of states on disk, a file each: for every key the length of its description in four bytes, the description in JSON, and the packed state. */
export class MinuteFiles {
  private readonly folder: string;
  private readonly aside: AsideFolder;
  private readonly sizes = new Map<SpoolMark, number>();
  /** Latest mark that was removed, because Postgres has it. */
  private latestRemoved: SpoolMark | undefined;

  /** Takes over the files of an earlier process. */
  constructor(folder: string) {
    mkdirSync(folder, { recursive: true });
    this.folder = folder;
    this.aside = new AsideFolder(folder);
    for (const name of readdirSync(folder)) {
      // A killed process had not completed it; its content before is there.
      if (name.endsWith(draftEnding)) rmSync(join(folder, name), { force: true });
      const mark = Number(/^(\d+)\.states$/.exec(name)?.[1]);
      if (mark > 0) this.sizes.set(mark, statSync(join(folder, name)).size);
    }
    this.latestRemoved = this.readLatest();
  }

  /** The mark that was written last, also when Postgres has it and its file is gone; undefined for a new folder. */
  get latest(): SpoolMark | undefined {
    return latestMark([...this.sizes.keys(), ...(this.latestRemoved === undefined ? [] : [this.latestRemoved])]);
  }

  /** Marks of minutes in their order. */
  get marks(): SpoolMark[] {
    return [...this.sizes.keys()].sort((a, b) => a - b);
  }

  get bytes(): number {
    return [...this.sizes.values()].reduce((sum, size) => sum + size, 0);
  }

  /** Writes a minute atomically: if the process dies meanwhile, the previous file remains. @throws when the disk cannot be written */
  write(mark: SpoolMark, minutes: readonly PackedMinute[]): void {
    const pieces = minutes.flatMap(({ state, ...rest }) => {
      const head = Buffer.from(JSON.stringify({ ...rest, bytes: state.length }));
      const length = Buffer.alloc(4);
      length.writeUInt32LE(head.length);
      return [length, head, state];
    });
    const content = Buffer.concat(pieces);
    replaceFile(this.pathOf(mark), content);
    this.sizes.set(mark, content.length);
  }

  /** Reads a minute. A file that cannot be read is set aside. @returns undefined for such a file */
  read(mark: SpoolMark): PackedMinute[] | undefined {
    try {
      return this.parse(mark);
    } catch (cause) {
      this.setAside(mark, `The minute cannot be read: ${(cause as Error).message}`);
      return undefined;
    }
  }

  /** Moves a minute out of the way, so that it does not stop the others. */
  setAside(mark: SpoolMark, reason: string): void {
    this.aside.addFile(this.pathOf(mark), reason);
    this.sizes.delete(mark);
  }

  private parse(mark: SpoolMark): PackedMinute[] {
    const content = readFileSync(this.pathOf(mark));
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
      if (!(bytes >= 0) || at > content.length) throw new Error("It ends too early.");
      minutes.push({ ...rest, state: content.subarray(headEnd, at) });
    }
    return minutes;
  }

  remove(mark: SpoolMark): void {
    this.noteLatest(mark);
    rmSync(this.pathOf(mark), { force: true });
    this.sizes.delete(mark);
  }

  /** Notes a mark that is about to go, so that a process with another clock does not open it again. */
  private noteLatest(mark: SpoolMark): void {
    const latest = latestMark([mark, ...(this.latestRemoved === undefined ? [] : [this.latestRemoved])]);
    if (latest === this.latestRemoved) return;
    try {
      replaceFile(join(this.folder, "latest"), String(latest));
    } catch {
      // A full disk. The next minute is noted as well.
    }
    this.latestRemoved = latest;
  }

  private readLatest(): SpoolMark | undefined {
    const path = join(this.folder, "latest");
    const mark = existsSync(path) ? Number(readFileSync(path, "utf8")) : 0;
    return Number.isInteger(mark) && mark > 0 ? mark : undefined;
  }

  private pathOf(mark: SpoolMark): string {
    return join(this.folder, `${mark}.states`);
  }
}
