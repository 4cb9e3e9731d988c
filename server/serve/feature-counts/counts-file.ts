import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { log } from "#server/base/log.ts";
import { replaceFile } from "../telemetry/replace-file.ts";
import { FeatureMinute } from "./feature-minute.ts";

const KeptCounts = z.object({
  /** Minutes before it are counted in it: they may be in Postgres, where they would be overwritten. Milliseconds since 1970. */
  floor: z.number(),
  minutes: z.array(FeatureMinute),
});
type KeptCounts = z.infer<typeof KeptCounts>;

const pathIn = (folder: string) => join(folder, "minutes.json");

/** Reads what an earlier process left; nothing if there is no file, or one that cannot be read. */
export function readCounts(folder: string): KeptCounts {
  try {
    return KeptCounts.parse(JSON.parse(readFileSync(pathIn(folder), "utf8")));
  } catch (cause) {
    const isMissing = (cause as NodeJS.ErrnoException).code === "ENOENT";
    if (!isMissing) log.error("feature-counts.not_read", { folder, cause });
    return { floor: 0, minutes: [] };
  }
}

/** @throws when the disk does not take it; the content before remains then */
export function writeCounts(folder: string, kept: KeptCounts): void {
  replaceFile(pathIn(folder), JSON.stringify(kept));
}

export function removeCounts(folder: string): void {
  rmSync(pathIn(folder), { force: true });
}
