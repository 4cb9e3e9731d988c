import type { Readable } from "node:stream";
import { and, eq, isNull } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { trainingJobs, trainingLaunches } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { artifactKey } from "#server/platform/artifacts/artifact-key.ts";
import { keepArtifacts } from "#server/platform/artifacts/keep-artifacts.ts";
import { bounded } from "#server/platform/artifacts/receive-file.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { type LaunchCaller, requireLaunch } from "../attempts/launch-token.ts";
import type { Launch } from "../engines/engine.ts";

const keyOf = (workspaceId: string, sha256: string) =>
  artifactKey(workspaceId, ["training", "packages", `${sha256}.zip`]);

/**
 * Stores a package: a zip with what a job's command needs in its folder. Its name is its digest, so the same bytes are stored once, and
 * what a job was submitted with never changes.
 * @throws DomainError "invalid" for bytes with another digest; "too-large"
 */
export async function uploadPackage(
  ctx: Context,
  { sha256, body }: { sha256: string; body: Readable },
  { artifacts, maxBytes }: { artifacts: Pick<ArtifactStore, "put">; maxBytes: number },
): Promise<void> {
  permit(ctx, "uploadPackage");
  const key = keyOf(ctx.actor.workspaceId, sha256);
  await artifacts.put(key, bounded(body, maxBytes), async (stored, replace) => {
    if (stored.sha256 !== sha256) {
      throw new DomainError("invalid", `The package has the SHA-256 ${stored.sha256}; ${sha256} was announced.`);
    }
    // One that nothing referred to for days may be about to be removed.
    await transact(ctx, async (ctx) => {
      await keepArtifacts(ctx, [key]);
      await replace();
    });
  });
}

/**
 * Keeps a package from being removed until the transaction ends that refers to it.
 * @throws DomainError "unavailable" if it is being removed at this moment
 */
export async function keepPackage(ctx: Context, sha256: string): Promise<void> {
  await keepArtifacts(ctx, [keyOf(ctx.actor.workspaceId, sha256)]);
}

/** @throws DomainError "not-found" for a package that was not uploaded to this workspace */
export async function requirePackage(
  ctx: Context,
  sha256: string,
  artifacts: Pick<ArtifactStore, "stat">,
): Promise<void> {
  await artifacts.stat(keyOf(ctx.actor.workspaceId, sha256)).catch((error) => {
    if (!(error instanceof DomainError) || error.code !== "not-found") throw error;
    const message = "This package was not uploaded. Send it to PUT /training/packages/{sha256} first.";
    throw new DomainError("not-found", message, { field: "spec.packageKey" });
  });
}

/** Makes the package of a job available on this machine; null for a job without one. @throws DomainError "not-found" */
export async function fetchPackage(
  { workspaceId, spec }: { workspaceId: string; spec: { packageKey: string | null } },
  artifacts: Pick<ArtifactStore, "localPath">,
): Promise<Launch["package"]> {
  const sha256 = spec.packageKey;
  return sha256 === null ? null : { path: await artifacts.localPath(keyOf(workspaceId, sha256)), sha256 };
}

/**
 * Opens the package of a launch for the machine that it starts on, where the engine keeps no packages.
 * @throws DomainError "unauthenticated" for a wrong token; "not-found" for a job without a package, and for a launch that has ended
 */
export async function openPackage(db: Database, caller: LaunchCaller, artifacts: Pick<ArtifactStore, "stat" | "open">) {
  const { jobId, launch } = await requireLaunch(db, caller);
  const [job] = await db
    .select({ workspaceId: trainingJobs.workspaceId, spec: trainingJobs.spec })
    .from(trainingJobs)
    .innerJoin(
      trainingLaunches,
      and(eq(trainingLaunches.workspaceId, trainingJobs.workspaceId), eq(trainingLaunches.jobId, trainingJobs.id)),
    )
    .where(and(eq(trainingJobs.id, jobId), eq(trainingLaunches.number, launch), isNull(trainingLaunches.endedAt)));
  const sha256 = job?.spec.packageKey;
  if (!job || !sha256) throw new DomainError("not-found", "This launch has no package, or has ended.");
  const key = keyOf(job.workspaceId, sha256);
  const { sizeBytes } = await artifacts.stat(key);
  const open = (range?: { start: number; end: number }) => artifacts.open(key, range);
  return { name: `${sha256}.zip`, etag: sha256, sizeBytes, open };
}
