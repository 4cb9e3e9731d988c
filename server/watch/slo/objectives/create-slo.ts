import { type Context, transact } from "#server/base/context.ts";
import { once } from "#server/platform/idempotency/once.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { CreateSlo, type Slo } from "./contract.ts";
import { loadSlo } from "./load-slo.ts";
import { insertSlo } from "./save-slo.ts";

/**
 * Creates an SLO, which counts from now on. An archived SLO with this name is restored, with its revisions.
 * @throws DomainError "invalid" with the field; "not-found" for the endpoint, a component, the team or the runbook; "conflict" if the name
 * is taken, the endpoint is archived, or at 500 SLOs
 */
export async function createSlo(ctx: Context, input: CreateSlo, idempotencyKey?: string): Promise<Slo> {
  permit(ctx, "createSlo");
  const values = CreateSlo.parse(input);
  const { definition: draft, ...rest } = values;
  const { id } = await once(ctx, "createSlo", idempotencyKey, values, (ctx) =>
    transact(ctx, async (ctx) => {
      const { id } = await insertSlo(ctx, { ...rest, draft });
      return { id };
    }),
  );
  return loadSlo(ctx, id);
}
