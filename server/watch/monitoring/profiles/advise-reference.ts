import { and, count, eq, isNotNull, max, min, ne } from "drizzle-orm";
import { endpoints, predictions } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { findVersion } from "#server/develop/registry/lookups.ts";
import { VersionKey } from "#server/develop/registry/versions/contract.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { isOutsideGameDays } from "#server/serve/faults/outside-game-days.ts";
import { featuresOf } from "../features/features-of.ts";
import type { LoggedSource, ReferenceAdvice } from "./contract.ts";
import { loggedSources } from "./logged-sources.ts";
import { findActiveProfile } from "./queries.ts";

/** Lists the possible references of a version, and what they lack. @throws DomainError "not-found" */
export async function adviseReference(ctx: Context, input: VersionKey): Promise<ReferenceAdvice> {
  permit(ctx, "adviseReference");
  const version = await findVersion(ctx, VersionKey.parse(input));
  const { signature } = version;
  const specs = signature ? featuresOf(signature, version.pipeline ?? undefined) : [];
  const names = (role: "input" | "output") => specs.filter((spec) => spec.role === role).map(({ name }) => name);
  const logged = await loggedSources(ctx, version);
  const traffic = await trafficOf(ctx, version.id);
  const isInForce = (await findActiveProfile(ctx, version.id)) !== null;
  return {
    inputs: names("input"),
    outputs: names("output"),
    logged,
    traffic,
    words: isInForce ? null : wordsOf({ hasSignature: signature !== null, inputs: names("input"), logged, traffic }),
  };
}

interface Known {
  hasSignature: boolean;
  inputs: string[];
  logged: LoggedSource[];
  traffic: ReferenceAdvice["traffic"];
}

function wordsOf({ hasSignature, inputs, logged, traffic }: Known): string {
  if (!hasSignature) return "The signature of this version is unknown, so there is nothing to compare traffic with.";
  if (inputs.length === 0) return "No input of this version has a fixed length, so a reference cannot be created.";
  const [best] = logged;
  if (best?.problem === null) return `Its run logged ${best.name}, whose rows match. Use it as the reference.`;
  if (best?.problem) return best.problem;
  if (traffic.length > 0)
    return "Its run logged no dataset. Select dataset rows, or use recorded requests as the reference.";
  return "Its run logged no dataset, and no requests were recorded. Upload the rows it was trained on.";
}

async function trafficOf(ctx: Context, versionId: string): Promise<ReferenceAdvice["traffic"]> {
  const rows = await ctx.db
    .select({
      endpointId: endpoints.id,
      endpoint: endpoints.name,
      requests: count(),
      from: min(predictions.at),
      to: max(predictions.at),
    })
    .from(predictions)
    .innerJoin(endpoints, eq(endpoints.id, predictions.endpointId))
    .where(
      and(
        eq(predictions.workspaceId, ctx.actor.workspaceId),
        eq(predictions.versionId, versionId),
        eq(predictions.loggedReason, "sampled"),
        eq(predictions.status, 200),
        ne(predictions.arm, "shadow"),
        isNotNull(predictions.inputs),
        isOutsideGameDays(),
      ),
    )
    .groupBy(endpoints.id, endpoints.name)
    .orderBy(endpoints.name);
  return rows.flatMap(({ from, to, ...rest }) => (from && to ? [{ ...rest, from, to }] : []));
}
