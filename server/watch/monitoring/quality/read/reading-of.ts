import type { Context } from "#server/base/context.ts";
import type { MonitorSettings } from "../../contract.ts";
import type { QualityCounts } from "../counts/contract.ts";
import { readSides, readSidesOf, type Sides } from "../counts/prediction-reader.ts";
import type { Reading } from "../measures/realised.ts";

/**
 * Determines how to read the predictions of an endpoint: by the signature of its newest version, or by the counts if that is
 * insufficient. The caller has checked permissions.
 */
export async function readingOf(
  ctx: Context,
  versionId: string | undefined,
  settings: MonitorSettings,
  counts: QualityCounts,
): Promise<Reading> {
  return readingFrom(versionId === undefined ? undefined : await readSides(ctx, versionId), settings, [counts]);
}

function readingFrom(sides: Sides | undefined, settings: MonitorSettings, counts: readonly QualityCounts[]): Reading {
  const labels = sides?.labels;
  const isTwo = sides?.isBinary === true || labels?.length === 2 || counts.some(({ scores }) => "" in scores);
  const hasNumbers = counts.some(({ errors }) => errors !== null);
  const isNumber = hasNumbers || (sides?.isNumber === true && counts.every(({ confusion }) => confusion.length === 0));
  return {
    taskKind: isTwo ? "binary" : isNumber ? "regression" : "multiclass",
    positive: settings.positiveClass ?? labels?.[1] ?? "1",
    isMirrored: settings.positiveClass !== null && settings.positiveClass === (labels?.[0] ?? "0"),
    cutOff: settings.cutOff,
  };
}

/** Determines how to read several endpoints, in their order, from their newest versions and from the counts. */
export async function readReadings(
  ctx: Context,
  endpoints: readonly {
    newest: string | undefined;
    settings: MonitorSettings;
    counted: readonly { counts: QualityCounts }[];
  }[],
): Promise<Reading[]> {
  const sides = await readSidesOf(ctx, [...new Set(endpoints.flatMap(({ newest }) => newest ?? []))]);
  return endpoints.map(({ newest, settings, counted }) =>
    readingFrom(
      sides.get(newest ?? ""),
      settings,
      counted.map(({ counts }) => counts),
    ),
  );
}
