import { versionSignatures } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import type { SignatureState } from "./contract.ts";
import { loadSecurity } from "./load-security.ts";
import { readSignature } from "./public-key.ts";

interface Subject {
  versionId: string;
  name: string;
  version: number;
}

/**
 * Stores a signature of a version, in the caller's transaction, and returns whether it is trusted now.
 * @throws DomainError "invalid" for an invalid signature, "conflict" if it would replace one of a trusted key by one of an untrusted key.
 */
export async function storeSignature(ctx: Context, subject: Subject, text: string): Promise<SignatureState> {
  const { versionId, name, version } = subject;
  const signature = readSignature(text);
  const before = await stateOf(ctx, versionId);
  const row = { signature, addedBy: ctx.actor.name, addedAt: new Date() };
  await ctx.db
    .insert(versionSignatures)
    .values({ versionId, workspaceId: ctx.actor.workspaceId, ...row })
    .onConflictDoUpdate({ target: versionSignatures.versionId, set: row });
  const after = await stateOf(ctx, versionId);
  if (before.state === "trusted" && after.state !== "trusted") {
    throw new DomainError(
      "conflict",
      `${name} v${version} is signed with the trusted key "${before.keyName}", but this signature is by an untrusted key. It was not stored.`,
    );
  }
  await record(ctx, "version.signed", {
    subject: `version/${name}/${version}`,
    before: before.signature === null ? undefined : { state: before.state, key: before.keyName },
    after: { state: after.state, key: after.keyName },
  });
  return after;
}

async function stateOf(ctx: Context, versionId: string): Promise<SignatureState> {
  const known = (await loadSecurity(ctx, [versionId])).get(versionId);
  if (!known) throw new DomainError("not-found", "Version not found.");
  return known.signature;
}
