import type { RunFiles } from "#server/develop/tracking/compare/contract.ts";
import { previewKind } from "../artifacts/artifact-preview.ts";

/** A path that at least one of the runs has. */
export interface SharedFile {
  path: string;
  /** How many runs have it. */
  runs: number;
}

/** The files of some runs by path: those that most have first, then by name. */
export function sharedFiles(all: readonly RunFiles[]): SharedFile[] {
  const counts = new Map<string, number>();
  for (const { files } of all) for (const { path } of files) counts.set(path, (counts.get(path) ?? 0) + 1);
  return [...counts]
    .map(([path, runs]) => ({ path, runs }))
    .sort((a, b) => b.runs - a.runs || (a.path < b.path ? -1 : 1));
}

/** What is shown when nobody chose: a picture that most runs have, else a text, else nothing. */
export function firstShown(files: readonly SharedFile[]): string {
  const kindOf = ({ path }: SharedFile) => previewKind(path.slice(path.lastIndexOf("/") + 1));
  const shared = files.filter(({ runs }) => runs > 1);
  const picture = shared.find((file) => kindOf(file) === "image");
  const text = shared.find((file) => kindOf(file) !== "none");
  return (picture ?? text ?? files[0])?.path ?? "";
}
