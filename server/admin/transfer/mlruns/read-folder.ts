import { createHash } from "node:crypto";
import type { KeyValue } from "#server/develop/tracking/contract.ts";
import type { Point } from "#server/develop/tracking/log-contract.ts";
import type { SourceFile } from "../source.ts";
import { linesOf } from "../zip/lines.ts";
import type { ZipEntry, ZipFolder } from "../zip/open-zip.ts";
import { readMetricLine } from "./metric-line.ts";

const pointsPerPortion = 10_000;

/** Reads params or tags: one file for each, whose path is the key. */
export async function readPairs(zip: ZipFolder, folder: string): Promise<KeyValue[]> {
  return Promise.all(
    zip.below(folder).map(async ({ path }) => ({
      key: path.slice(folder.length + 1),
      value: (await zip.text(path)) ?? "",
    })),
  );
}

/** Yields the points of every metric of a run: one file for each, whose path is the key. */
export async function* readPoints(
  zip: ZipFolder,
  folder: string,
  report: (problem: string) => void,
): AsyncGenerator<Point[]> {
  for (const entry of zip.below(folder)) {
    const key = entry.path.slice(folder.length + 1);
    let portion: Point[] = [];
    for await (const line of linesOf(entry)) {
      const read = readMetricLine(line);
      if (!read) {
        report(`Invalid line in metric ${key}: ${line.slice(0, 80)}`);
        continue;
      }
      const { rest, ...point } = read;
      portion.push({ key, ...point });
      if (portion.length < pointsPerPortion) continue;
      yield portion;
      portion = [];
    }
    if (portion.length > 0) yield portion;
  }
}

/** Returns the files below a folder in the form of a run's or model's files. */
export function filesIn(zip: ZipFolder, folder: string): SourceFile[] {
  return zip.below(folder).map(({ path, sizeBytes, open }) => ({
    path: path.slice(folder.length + 1),
    sizeBytes,
    open,
  }));
}

/** Changes when any of some files does: by their paths, sizes and checksums, without reading them. */
export function fingerprintOf(entries: readonly ZipEntry[], root: string): string {
  const lines = entries.map(({ path, sizeBytes, crc32 }) => [path.slice(root.length), sizeBytes, crc32]);
  return createHash("sha256").update(JSON.stringify(lines)).digest("hex");
}
