import { and, asc, eq, inArray, isNull, ne } from "drizzle-orm";
import { monitoringFindings } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import type { CheckKind } from "#server/watch/monitoring/integrity/contract.ts";
import type { Circumstances } from "./holds.ts";

const maxFindings = 200;

/**
 * What a finding says of a feature, after its name and before "since". Values that are new or out of range may be what the model has to learn, so
 * they are none of these; nor is what concerns the endpoint as a whole.
 */
const brokenLabels: Partial<Record<CheckKind, string>> = {
  "missing input": "has been missing from requests",
  "wrong type": "has arrived with a wrong type",
  "missing values": "has often been missing",
  "infinite values": "has had infinite values",
  "outside limits": "has been outside its limits",
  constant: "has had the same value in all rows",
  "input contract": "has broken the input contract",
  "dataset contract": "has broken the contract of its dataset",
  "unit changed": "has arrived in another unit",
  "sign flipped": "has arrived with the opposite sign",
  "default value": "has been filled with a default value",
  "level renamed": "has had renamed values",
  "level disappeared": "no longer has one of its values",
  "columns swapped": "has been swapped with another column",
};
/** Of feature views: late and corrected values are no fault of a feed. */
const skewKind = "served values differ";
const skewLabel = "has been served with values that differ from its history";

/** Reads the open findings that say a feature of an endpoint arrives broken, oldest first, each feature once. The caller has checked permissions. */
export async function readBrokenFeatures(ctx: Context, endpointId: string): Promise<Circumstances["brokenFeatures"]> {
  const of = monitoringFindings;
  const rows = await ctx.db
    .select({ feature: of.feature, kind: of.kind, openedAt: of.openedAt })
    .from(of)
    .where(
      and(
        eq(of.workspaceId, ctx.actor.workspaceId),
        eq(of.endpointId, endpointId),
        inArray(of.watcher, ["integrity", "skew"]),
        isNull(of.closedAt),
        ne(of.severity, "note"),
        ne(of.feature, ""),
        inArray(of.kind, [...Object.keys(brokenLabels), skewKind]),
      ),
    )
    .orderBy(asc(of.openedAt), of.id)
    .limit(maxFindings);
  const labels: Record<string, string | undefined> = { ...brokenLabels, [skewKind]: skewLabel };
  const found = new Map<string, string>();
  for (const { feature, kind, openedAt } of rows) {
    const day = openedAt.toLocaleDateString("en-GB", { day: "numeric", month: "long", timeZone: "UTC" });
    if (!found.has(feature)) found.set(feature, `${labels[kind]} since ${day}`);
  }
  return [...found].map(([feature, words]) => ({ feature, words }));
}
