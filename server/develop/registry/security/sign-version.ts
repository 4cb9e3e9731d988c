import { eq } from "drizzle-orm";
import { promotionRequests } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { findVersion } from "../lookups.ts";
import { enqueueChecks } from "../requests/enqueue-checks.ts";
import { type SignatureState, SignVersion } from "./contract.ts";
import { storeSignature } from "./store-signature.ts";

/**
 * Adds a detached Ed25519 signature to a version, over the 64 hexadecimal characters of its SHA-256. A signature by an unknown key is
 * stored and shown as such: the key may be added later.
 * @throws DomainError "not-found", "invalid", "conflict" if it would replace a trusted signature by an untrusted one.
 */
export async function signVersion(ctx: Context, input: SignVersion): Promise<SignatureState> {
  permit(ctx, "signVersion");
  const { name, version, signature } = SignVersion.parse(input);
  return transact(ctx, async (ctx) => {
    const { id: versionId, modelId } = await findVersion(ctx, { name, version });
    const state = await storeSignature(ctx, { versionId, name, version }, signature);
    await enqueueChecks(ctx, eq(promotionRequests.versionId, versionId));
    await publish(ctx, "model", modelId);
    return state;
  });
}
