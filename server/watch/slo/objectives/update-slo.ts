import { type Context, transact } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { type Slo, UpdateSlo } from "./contract.ts";
import { loadSlo } from "./load-slo.ts";
import { changeSlo } from "./save-slo.ts";

/**
 * Updates an SLO's definition, owner or runbook, and stores a revision. Another indicator or threshold starts another series; earlier
 * counts stay under the old one.
 * @throws DomainError "invalid" with the field; "not-found"; "conflict" when it is archived, has changed since the edited revision, or a
 * composite depends on its current definition
 */
export async function updateSlo(ctx: Context, input: UpdateSlo): Promise<Slo> {
  permit(ctx, "updateSlo");
  const { sloId, definition: draft, ...change } = UpdateSlo.parse(input);
  await transact(ctx, (ctx) => changeSlo(ctx, sloId, { ...change, draft }));
  return loadSlo(ctx, sloId);
}
