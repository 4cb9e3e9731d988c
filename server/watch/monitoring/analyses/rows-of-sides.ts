import { and, eq } from "drizzle-orm";
import { modelVersions } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import { maxClassifierRows } from "#server/stats/drift/domain-classifier.ts";
import type { FeatureValue } from "../features/contract.ts";
import { FeatureReader } from "../features/feature-reader.ts";
import { specsByName } from "../features/features-of.ts";
import { trafficBatches } from "../profiles/build/traffic-batches.ts";
import { activeProfiles, type LoadedProfile, loadProfile } from "../profiles/load-profile.ts";
import { readSample } from "../profiles/sample.ts";
import { versionSides } from "../profiles/version-sides.ts";
import type { OnProgress } from "./run-analysis.ts";

/** A feature of the profile with its values in rows of the reference and of the range. */
export interface RowsOfFeature {
  name: string;
  role: "input" | "output";
  kind: "numeric" | "categorical";
  reference: FeatureValue[];
  current: FeatureValue[];
}

interface Requested {
  endpointId: string;
  versionId: string;
  from: Date;
  to: Date;
}

/**
 * Reads the sample of a version's reference and at most 5,000 logged rows of a range, in the same way as gateways.
 * @throws DomainError "invalid" when rows of a side are not stored.
 */
export async function rowsOfSides(
  ctx: Context,
  { endpointId, versionId, from, to }: Requested,
  artifacts: ArtifactStore,
  onProgress: OnProgress,
): Promise<RowsOfFeature[]> {
  const profile = await loadReference(ctx, versionId);
  const sides = await sidesOfVersion(ctx, versionId);
  const names = profile.features.map(({ name }) => name);
  const specs = specsByName(sides.signature, sides.pipeline, names);
  const reader = new FeatureReader(specs, { labels: sides.signature.labels });
  const rows: RowsOfFeature[] = profile.features.map(({ name, role, profile: { kind } }) => ({
    name,
    role,
    kind,
    reference: [],
    current: [],
  }));
  const take = (side: "reference" | "current", row: number) => {
    for (const [index, feature] of rows.entries()) feature[side].push(reader.value(index, row));
  };
  for (const { inputs, outputs } of await readSample(artifacts, profile)) {
    reader.bind({ inputs, outputs: outputs ?? [] });
    take("reference", 0);
  }
  if (rows[0]?.reference.length === 0) {
    throw new DomainError(
      "invalid",
      "The rows of this reference were not stored. Create a new reference for the version.",
    );
  }
  await onProgress(0.3);
  const wanted = specs.flatMap((spec) => (spec ? [spec] : []));
  let count = 0;
  const source = { kind: "traffic" as const, endpointId, from, to };
  for await (const { given } of trafficBatches(ctx, versionId, source, wanted)) {
    reader.bind(given);
    for (let row = 0; row < given.rows && count < maxClassifierRows; row += 1) {
      take("current", row);
      count += 1;
    }
    if (count >= maxClassifierRows) break;
  }
  await onProgress(0.7);
  return rows;
}

async function loadReference(ctx: Context, versionId: string): Promise<LoadedProfile> {
  const profileId = (await activeProfiles(ctx.db, [versionId])).get(versionId);
  const profile = profileId ? await loadProfile(ctx.db, profileId) : undefined;
  if (!profile) throw new DomainError("invalid", "This version no longer has a reference.");
  return profile;
}

async function sidesOfVersion(ctx: Context, versionId: string) {
  const isOurs = and(eq(modelVersions.workspaceId, ctx.actor.workspaceId), eq(modelVersions.id, versionId));
  const [version] = await ctx.db.select().from(modelVersions).where(isOurs);
  if (!version) throw new DomainError("not-found", "Version not found.");
  return versionSides(version);
}
