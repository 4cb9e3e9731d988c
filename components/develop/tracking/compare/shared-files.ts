import type { RunFiles } from "#server/develop/tracking/compare/contract.ts";
import { previewKind } from "../artifacts/artifact-preview.ts";

/** Path that exists in at least one of the runs. */
export interface SharedFile {
  path: string;
  /** Number of runs that have it. */
  runs: number;
}

/** Returns the files of some runs by path: those that most runs have first, then by name. */
export function sharedFiles(all: readonly RunFiles[]): SharedFile[] {
  const counts = new Map<string, number>();
  for (const { files } of all) for (const { path } of files) counts.set(path, (counts.get(path) ?? 0) + 1);
  return [...counts]
    .map(([path, runs]) => ({ path, runs }))
    .sort((a, b) => b.runs - a.runs || (a.path < b.path ? -1 : 1));
}

/** Returns the file shown without a selection: an image that most runs have, else a text, else none. */
export function firstShown(files: readonly SharedFile[]): string {
  const kindOf = ({ path }: SharedFile) => previewKind(path.slice(path.lastIndexOf("/") + 1));
  const shared = files.filter(({ runs }) => runs > 1);
  const picture = shared.find((file) => kindOf(file) === "image");
  const text = shared.find((file) => kindOf(file) !== "none");
  return (picture ?? text ?? files[0])?.path ?? "";
}
