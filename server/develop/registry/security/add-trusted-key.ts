import { trustedKeys } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { enqueueChecks } from "../requests/enqueue-checks.ts";
import { AddTrustedKey, type TrustedKey } from "./contract.ts";
import { loadTrustedKeys } from "./load-security.ts";
import { readPublicKey } from "./public-key.ts";

const maxKeys = 100;

/** Trusts the signatures of a key from now on, including existing ones. @throws DomainError "invalid", "conflict" */
export async function addTrustedKey(ctx: Context, input: AddTrustedKey): Promise<TrustedKey> {
  permit(ctx, "addTrustedKey");
  const { name, publicKey: text } = AddTrustedKey.parse(input);
  const publicKey = readPublicKey(text);
  return transact(ctx, async (ctx) => {
    const { workspaceId, name: addedBy } = ctx.actor;
    const known = await loadTrustedKeys(ctx);
    if (known.length >= maxKeys)
      throw new DomainError("conflict", `A workspace can have at most ${maxKeys} trusted keys.`);
    const [row] = await ctx.db
      .insert(trustedKeys)
      .values({ workspaceId, name, publicKey, addedBy })
      .onConflictDoNothing()
      .returning();
    if (!row) throw alreadyTrusted(known.find((key) => key.publicKey === publicKey));
    await record(ctx, "trusted-key.added", { subject: `key/${name}`, after: { publicKey } });
    await enqueueChecks(ctx, undefined);
    await publish(ctx, "settings", row.id);
    const { workspaceId: _, ...key } = row;
    return key;
  });
}

function alreadyTrusted(key: TrustedKey | undefined): DomainError {
  if (key?.revokedAt) {
    return new DomainError(
      "conflict",
      `This key was revoked ("${key.name}") and cannot be trusted again. Create a new one.`,
    );
  }
  return new DomainError("conflict", `This key is already trusted${key ? `, as "${key.name}"` : ""}.`);
}
