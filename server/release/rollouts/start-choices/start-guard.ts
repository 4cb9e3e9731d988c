import type { Context } from "#server/base/context.ts";
import type { ChangePurpose } from "#server/serve/endpoints/contract.ts";

/** What the start of a rollout asks of a floor above, which knows incidents and the states of endpoints. */
export interface StartGuard {
  /** Returns the open incident that holds a change of an endpoint, in one sentence: "INC-7 is open: …". Null without one. */
  incidentOf(ctx: Context, change: { endpointId: string; purpose: ChangePurpose }): Promise<string | null>;
  /** Returns those of some endpoints that fail now, with what their state says. */
  failingOf(
    ctx: Context,
    endpoints: readonly { id: string; name: string }[],
  ): Promise<{ name: string; reason: string | null }[]>;
}
