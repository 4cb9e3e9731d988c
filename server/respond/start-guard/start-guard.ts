import type { StartGuard } from "#server/release/rollouts/start-choices/start-guard.ts";
import { servingStates } from "#server/serve/endpoints/endpoint-queries.ts";
import { withStates } from "../endpoint-states/with-states.ts";
import { openIncidentOf } from "../incidents/open-incident-of.ts";

/** What holds the start of a rollout: an open incident of the endpoint, and other endpoints that fail with the version. */
export const startGuard: StartGuard = {
  incidentOf: openIncidentOf,
  async failingOf(ctx, endpoints) {
    const serving = await servingStates(
      ctx,
      endpoints.map(({ id }) => id),
    );
    const described = endpoints.flatMap(({ id, name }) => {
      const state = serving.get(id);
      return state ? [{ id, name, serving: state }] : [];
    });
    const states = await withStates(ctx, described);
    return states.flatMap(({ name, state }) => {
      if (state.kind !== "failing") return [];
      // A token that is bound to endpoints reads nothing of others.
      const isSeen = !ctx.actor.endpoints || ctx.actor.endpoints.includes(name);
      return [isSeen ? { name, reason: state.reason } : { name: "another endpoint", reason: null }];
    });
  },
};
