import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { currentDeployments } from "#server/serve/endpoints/deployment-rows.ts";
import { findEndpointById } from "#server/serve/endpoints/lookups.ts";
import { readStateSeries } from "../history/queries.ts";
import { activeProfiles, loadProfile } from "../profiles/load-profile.ts";
import { missingShares } from "./checks/missing-shares.ts";
import { type FeatureHistory, GetFeatureHistory } from "./contract.ts";
import { spanOf } from "./ranges.ts";

/**
 * Returns a feature's missing values and values outside its reference, step by step over a range. Steps without rows are omitted.
 * @throws DomainError "not-found" for an endpoint, or a feature that the version's reference does not have
 */
export async function getFeatureHistory(ctx: Context, input: GetFeatureHistory): Promise<FeatureHistory> {
  permit(ctx, "getIntegrity");
  const { endpointId, segment, feature, ...range } = GetFeatureHistory.parse(input);
  await findEndpointById(ctx, endpointId);
  const { from, to, stepMs: step, endedAt } = spanOf(range, Date.now());
  const versionId = (await currentDeployments(ctx, [endpointId], endedAt)).get(endpointId)?.versionId;
  const profileId = versionId && (await activeProfiles(ctx.db, [versionId])).get(versionId);
  const profile = profileId ? await loadProfile(ctx.db, profileId) : undefined;
  const index = profile?.features.findIndex(({ name }) => name === feature) ?? -1;
  const own = profile?.features[index]?.profile;
  if (!profile || !own || !versionId) {
    throw new DomainError("not-found", `The reference of the deployed version has no feature "${feature}".`);
  }
  const series = await readStateSeries(ctx, {
    endpointId,
    versionId,
    profileId: profile.id,
    segment,
    features: [feature],
    scores: false,
    stepMs: step,
    from,
    to,
  });
  const points = (series?.points ?? []).flatMap(({ start, rows, state }) => {
    const seen = state.features[index];
    if (!seen) return [];
    const { now, usual } = missingShares(own, seen);
    const strange = seen.kind === "numeric" ? seen.below + seen.above : seen.unseen;
    return [
      {
        start,
        rows,
        missing: now.rows > 0 ? now.missing / now.rows : null,
        unknown: seen.count > 0 ? strange / seen.count : null,
        missingUsual: usual.rows > 0 ? usual.missing / usual.rows : null,
      },
    ];
  });
  const usual = points[0]?.missingUsual ?? null;
  return { feature, stepMs: step, missingUsual: usual, points: points.map(({ missingUsual: _, ...point }) => point) };
}
