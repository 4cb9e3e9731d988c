import { formatWeight } from "#components/release/rollouts/rollout-text.ts";
import { versionLabel } from "#components/serve/endpoints/version-label.ts";
import type { VersionBlock } from "#server/release/endpoints/blocks/contract.ts";
import type { Deployment } from "#server/serve/endpoints/contract.ts";
import type { RolloutSummary } from "#server/serve/rollout/contract.ts";

/** A version in the key of an endpoint's charts. */
export interface KeyVersion {
  model: string;
  version: number;
  /** "v32", with the model's name where another model serves. */
  label: string;
  role: "serving" | "canary" | "blocked" | "none";
  /** Share of the requests: "90%"; undefined for a version that receives none. */
  weight?: string;
}

const maxVersions = 4;

/** Lists the versions that the charts of an endpoint may show: the serving one, the canary, then those deployed last. */
export function keyVersions(
  { current, history }: { current: Deployment | null; history: readonly Deployment[] },
  rollout: Pick<RolloutSummary, "canary" | "weight"> | undefined,
  blocks: readonly Pick<VersionBlock, "versionId">[],
): KeyVersion[] {
  if (!current) return [];
  const canary = rollout && {
    versionId: rollout.canary.id,
    modelName: rollout.canary.model,
    version: rollout.canary.version,
  };
  const ordered = [current, ...(canary ? [canary] : []), ...history];
  const first = new Map(ordered.toReversed().map((each) => [each.versionId, each]));
  const unique = [...new Set(ordered.map(({ versionId }) => versionId))].slice(0, maxVersions);
  // At 100% the canary is what is deployed.
  const weight = rollout && canary?.versionId !== current.versionId ? rollout.weight : 0;
  return unique.flatMap((versionId): KeyVersion[] => {
    const one = first.get(versionId);
    if (!one) return [];
    const base = { model: one.modelName, version: one.version, label: versionLabel(one, current) };
    if (versionId === current.versionId) return [{ ...base, role: "serving", weight: formatWeight(1 - weight) }];
    if (versionId === canary?.versionId) return [{ ...base, role: "canary", weight: formatWeight(weight) }];
    return [{ ...base, role: blocks.some((block) => block.versionId === versionId) ? "blocked" : "none" }];
  });
}
