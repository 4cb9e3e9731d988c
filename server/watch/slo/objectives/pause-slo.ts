import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { ActOnSlo, type Slo } from "./contract.ts";
import { setPause } from "./set-pause.ts";

/**
 * Keeps an SLO from telling anybody. It is counted and shown on, and its budget still holds changes: quiet is not leave to go on.
 * @throws DomainError "not-found", "conflict" when it is paused already or archived
 */
export async function pauseSlo(ctx: Context, input: ActOnSlo): Promise<Slo> {
  permit(ctx, "pauseSlo");
  return setPause(ctx, ActOnSlo.parse(input), true);
}
