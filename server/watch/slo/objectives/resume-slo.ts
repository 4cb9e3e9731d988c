import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { ActOnSlo, type Slo } from "./contract.ts";
import { setPause } from "./set-pause.ts";

/** Lets an SLO tell again. @throws DomainError "not-found", "conflict" when it is not paused or archived */
export async function resumeSlo(ctx: Context, input: ActOnSlo): Promise<Slo> {
  permit(ctx, "resumeSlo");
  return setPause(ctx, ActOnSlo.parse(input), false);
}
