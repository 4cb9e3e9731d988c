import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { findLiveEndpoint } from "#server/serve/endpoints/lookups.ts";
import type { Monitor } from "../../settings/contract.ts";
import { findMonitor } from "../../settings/queries.ts";
import { setMonitor } from "../../settings/set-monitor.ts";
import { SetDataRules } from "./contract.ts";

/**
 * Sets what every row of an endpoint must keep, and leaves the rest of how it is watched as it is.
 * @throws DomainError as setMonitor
 */
export async function setDataRules(ctx: Context, input: SetDataRules): Promise<Monitor> {
  permit(ctx, "setMonitor");
  const { endpointId, rules, reason, revision } = SetDataRules.parse(input);
  await findLiveEndpoint(ctx, endpointId);
  const before = await findMonitor(ctx, endpointId);
  const settings = { ...before.settings, rules };
  return setMonitor(ctx, { endpointId, settings, reason, revision: revision ?? before.revision });
}
