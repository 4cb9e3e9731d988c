import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { loadPolicy } from "./queries.ts";

/**
 * Checks whether an alias of a model may be moved by hand, and returns how: "direct", or "override" for a protected alias, which
 * requires the operator role and a reason.
 * @throws DomainError "forbidden" without the role, "invalid" without a reason; both say how the alias moves.
 */
export async function refuseProtected(
  ctx: Context,
  model: { id: string; name: string },
  alias: string,
  reason: string | undefined,
): Promise<"direct" | "override"> {
  const { policy } = await loadPolicy(ctx, model.id);
  if (!policy.protectedAliases.includes(alias)) return "direct";
  const rule = `The alias "${alias}" of ${model.name} is protected and requires an approved promotion request.`;
  if (ctx.actor.role !== "operator" && ctx.actor.role !== "admin") {
    throw new DomainError(
      "forbidden",
      `${rule} Create one on the model's page or with POST /api/v1/models/${model.name}/promotions. Otherwise, only an operator can move it, with a reason.`,
    );
  }
  if (reason) return "override";
  throw new DomainError(
    "invalid",
    `${rule} To move it directly, give a reason, on the model's page or with PUT /api/v1/models/${model.name}/aliases/${alias}.`,
  );
}
