import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { loadVersionFacts } from "../gates/version-facts.ts";
import { noVersion } from "../lookups.ts";
import { loadVersionDetails } from "../versions/lineage-queries.ts";
import { CompareVersions, type VersionComparison } from "./contract.ts";
import { type ComparedVersion, diffVersions } from "./diff-versions.ts";

/** Compares two versions of a model: signature, format, operators, size, metadata, metrics, params. @throws DomainError "not-found" */
export async function compareVersions(ctx: Context, input: CompareVersions): Promise<VersionComparison> {
  permit(ctx, "compareVersions");
  const { name, a, b } = CompareVersions.parse(input);
  return diffVersions(await compared(ctx, name, a), await compared(ctx, name, b));
}

async function compared(ctx: Context, name: string, number: number): Promise<ComparedVersion> {
  const key = { name, version: number };
  const [facts] = await loadVersionFacts(ctx, [await loadVersionDetails(ctx, key)]);
  if (!facts) throw noVersion(key);
  const { version, run, metadata } = facts;
  return {
    version,
    metrics: metadata.metrics,
    params: new Map(run?.params.map(({ key, value }) => [key, value])),
  };
}
