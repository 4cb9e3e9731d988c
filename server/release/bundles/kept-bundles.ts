import { and, eq, ne } from "drizzle-orm";
import { z } from "zod";
import { modelVersions, versionBundles } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { noVersion } from "#server/develop/registry/lookups.ts";
import { BundleManifest } from "./contract.ts";
import type { BundleDraft } from "./draft-bundle.ts";
import type { BundleSource } from "./write-bundle.ts";

export interface SealedBundle extends BundleSource {
  /** Size and digest of the complete file. */
  sizeBytes: number;
  sha256: string;
  sealedAt: Date;
}

const SampleTexts = z.record(z.string(), z.string());

/** Finds the sealed bundle of a version; undefined when there is none, or something changed since. */
export async function findSealed(ctx: Context, draft: BundleDraft): Promise<SealedBundle | undefined> {
  const { versionId, basis, artifactKey, about } = draft;
  const ofVersion = and(
    eq(versionBundles.workspaceId, ctx.actor.workspaceId),
    eq(versionBundles.versionId, versionId),
    eq(versionBundles.basis, basis),
  );
  const [row] = await ctx.db.select().from(versionBundles).where(ofVersion);
  if (!row) return undefined;
  const { manifest: manifestText, seal, sample, sha256, sizeBytes, sealedAt } = row;
  return {
    artifactKey,
    manifest: BundleManifest.parse(JSON.parse(manifestText)),
    manifestText,
    seal: Buffer.from(seal, "base64"),
    texts: new Map([...about, ...Object.entries(SampleTexts.parse(sample))]),
    sha256,
    sizeBytes,
    sealedAt,
  };
}

/**
 * Stores a sealed bundle. @returns it, or the equivalent bundle that another process has sealed meanwhile. @throws DomainError "not-found"
 * for a deleted version
 */
export async function keepSealed(ctx: Context, draft: BundleDraft, sealed: SealedBundle): Promise<SealedBundle> {
  const { versionId, basis, about, head } = draft;
  const { manifestText, seal, texts, sha256, sizeBytes, sealedAt } = sealed;
  const row = {
    versionId,
    basis,
    workspaceId: ctx.actor.workspaceId,
    sha256,
    sizeBytes,
    sealedAt,
    manifest: manifestText,
    seal: Buffer.from(seal).toString("base64"),
    sample: Object.fromEntries([...texts].filter(([path]) => !about.has(path))),
  };
  return transact(ctx, async (ctx) => {
    const isThere = eq(modelVersions.id, versionId);
    const [version] = await ctx.db.select({ id: modelVersions.id }).from(modelVersions).where(isThere).for("key share");
    if (!version) throw noVersion({ name: head.model, version: head.version });
    await ctx.db
      .insert(versionBundles)
      .values(row)
      .onConflictDoUpdate({ target: versionBundles.versionId, set: row, setWhere: ne(versionBundles.basis, basis) });
    return (await findSealed(ctx, draft)) ?? sealed;
  });
}
