import type { Context } from "#server/context.ts";
import type { MonitorSettings } from "../../contract.ts";
import { readSides } from "../counts/answer-reader.ts";
import type { QualityCounts } from "../counts/contract.ts";
import type { Reading } from "../measures/realised.ts";

/**
 * How the answers of an endpoint are read: by the signature of its newest version, and where that does not tell, by what was counted.
 * For who was let in already.
 */
export async function readingOf(
  ctx: Context,
  versionId: string | undefined,
  settings: MonitorSettings,
  counts: QualityCounts,
): Promise<Reading> {
  const sides = versionId === undefined ? undefined : await readSides(ctx, versionId);
  const labels = sides?.labels;
  const isTwo = sides?.isBinary === true || labels?.length === 2 || "" in counts.scores;
  const isNumber = counts.errors !== null || (sides?.isNumber === true && counts.confusion.length === 0);
  return {
    taskKind: isTwo ? "binary" : isNumber ? "regression" : "multiclass",
    positive: settings.positiveClass ?? labels?.[1] ?? "1",
    isMirrored: settings.positiveClass !== null && settings.positiveClass === (labels?.[0] ?? "0"),
    cutOff: settings.cutOff,
  };
}
