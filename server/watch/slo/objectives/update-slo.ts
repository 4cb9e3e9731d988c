import { type Context, transact } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { type Slo, UpdateSlo } from "./contract.ts";
import { loadSlo } from "./load-slo.ts";
import { changeSlo } from "./save-slo.ts";

/**
 * Changes what an SLO promises, who owns it or what to do, and keeps a revision of it. Another indicator or threshold starts another
 * series; what was counted before stays under it.
 * @throws DomainError "invalid" with the field; "not-found"; "conflict" when it is archived, has changed since the revision that was
 * looked at, or a composite needs it as it is
 */
export async function updateSlo(ctx: Context, input: UpdateSlo): Promise<Slo> {
  permit(ctx, "updateSlo");
  const { sloId, definition: draft, ...change } = UpdateSlo.parse(input);
  await transact(ctx, (ctx) => changeSlo(ctx, sloId, { ...change, draft }));
  return loadSlo(ctx, sloId);
}
