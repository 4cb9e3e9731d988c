import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { loadPolicy } from "./queries.ts";

/** Refuses to lose what a protected alias points at. @throws DomainError "conflict" that names the alias. */
export async function refuseWhileProtected(
  ctx: Context,
  model: { id: string; name: string },
  aliases: readonly string[],
): Promise<void> {
  if (aliases.length === 0) return;
  const { policy } = await loadPolicy(ctx, model.id);
  const held = aliases.find((alias) => policy.protectedAliases.includes(alias));
  if (held === undefined) return;
  throw new DomainError(
    "conflict",
    `In use by the protected alias "${held}" of ${model.name}. Point the alias to another version or remove it first.`,
  );
}
