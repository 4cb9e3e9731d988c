import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { findVersion } from "../lookups.ts";
import { loadPolicy } from "../policy/queries.ts";
import { enqueueGates } from "../requests/enqueue-checks.ts";
import { GateKey } from "./contract.ts";

/**
 * Requests a run of the gates in a version's checklist, in comparison with the alias's target. A job runs them.
 * @throws DomainError "not-found", "conflict" if the policy has no gates.
 */
export async function requestGateCheck(ctx: Context, input: GateKey): Promise<void> {
  permit(ctx, "requestGateCheck");
  const { name, version, alias } = GateKey.parse(input);
  await transact(ctx, async (ctx) => {
    const { id: versionId, modelId } = await findVersion(ctx, { name, version });
    const { policy } = await loadPolicy(ctx, modelId);
    if (policy.gates.length === 0) {
      throw new DomainError("conflict", `No gates are configured for ${name}. Add gates to its policy first.`);
    }
    await enqueueGates(ctx, { versionId, alias });
    await record(ctx, "gates.check-requested", { subject: `version/${name}/${version}`, after: { alias } });
  });
}
