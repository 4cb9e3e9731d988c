import { and, eq, isNull } from "drizzle-orm";
import { modelVersions, promotionRequests, registeredModels, versionScans } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { enqueueChecks } from "../requests/enqueue-checks.ts";
import { storageKey } from "../source/storage-key.ts";
import type { ScanReport, ScanVerdict } from "./contract.ts";
import { inspectFiles } from "./scan/inspect-files.ts";
import { verdictOf } from "./scan/verdict.ts";

interface Outcome {
  verdict: ScanVerdict;
  report: ScanReport;
}

/**
 * Scans the files of a version whose scan was requested, and stores the findings. Does nothing when run again, or when the version was
 * deleted. A problem with the files is a verdict; any other failure is thrown so that the task is retried.
 */
export async function scanVersion(ctx: Context, versionId: string, artifacts: ArtifactStore): Promise<void> {
  permit(ctx, "scanVersion");
  const isWaiting = and(
    eq(versionScans.versionId, versionId),
    eq(versionScans.workspaceId, ctx.actor.workspaceId),
    isNull(versionScans.verdict),
  );
  const [version] = await ctx.db
    .select({
      name: registeredModels.name,
      version: modelVersions.version,
      modelId: modelVersions.modelId,
      storageLocation: modelVersions.storageLocation,
      requestedAt: versionScans.requestedAt,
    })
    .from(versionScans)
    .innerJoin(modelVersions, eq(modelVersions.id, versionScans.versionId))
    .innerJoin(registeredModels, eq(registeredModels.id, modelVersions.modelId))
    .where(isWaiting);
  if (!version) return;
  const outcome = await inspect(ctx, version.storageLocation, artifacts);
  await transact(ctx, async (ctx) => {
    // A scan that was requested meanwhile has its own job, and may read other files.
    const [written] = await ctx.db
      .update(versionScans)
      .set({ ...outcome, scannedAt: new Date() })
      .where(and(isWaiting, eq(versionScans.requestedAt, version.requestedAt)))
      .returning({ versionId: versionScans.versionId });
    if (!written) return;
    const { verdict, report } = outcome;
    const subject = `version/${version.name}/${version.version}`;
    await record(ctx, "version.scanned", { subject, after: { verdict, findings: report.findings.length } });
    await publish(ctx, "model", version.modelId);
    await enqueueChecks(ctx, eq(promotionRequests.versionId, versionId));
  });
}

async function inspect(ctx: Context, location: string, artifacts: ArtifactStore): Promise<Outcome> {
  try {
    const report = await inspectFiles(artifacts, await storageKey(ctx, location));
    return { verdict: verdictOf(report.findings), report };
  } catch (error) {
    if (!(error instanceof DomainError) || error.code !== "invalid") throw error;
    const nothing = { findings: [], leftOut: 0, files: 0, sizeBytes: 0, licence: null };
    return { verdict: "failed-to-scan", report: { ...nothing, message: error.message } };
  }
}
