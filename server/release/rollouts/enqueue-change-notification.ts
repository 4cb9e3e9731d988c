import { enqueueChange } from "#server/alerting/notifications/enqueue-notification.ts";
import type { Context } from "#server/base/context.ts";
import { percent } from "#server/base/format-number.ts";
import type { DecisionKind } from "../../serve/rollout/contract.ts";
import type { StoredRollout } from "./rollout-rows.ts";

/** Texts for decisions that change the serving version; the others are irrelevant in the search for a cause. */
const verbs: Partial<Record<DecisionKind, (to: string, version: number) => string>> = {
  started: (to, version) => `Rollout of v${version} started at ${to}`,
  advance: (to, version) => `Rollout of v${version} advanced to ${to}`,
  "roll-back": (_, version) => `v${version} rolled back`,
  promote: (_, version) => `v${version} promoted`,
};

interface RolloutChange {
  id: string | number | undefined;
  kind: DecisionKind;
  words: string;
  /** Share of the requests that the new version gets from now on, 0 to 1. */
  weight: number;
}

/** Notifies channels that receive changes of a step, a rollback or a promotion, in the transaction of the decision. */
export async function enqueueChangeNotification(
  ctx: Context,
  rollout: StoredRollout,
  { id, kind, words, weight }: RolloutChange,
): Promise<void> {
  const verb = verbs[kind];
  if (!verb) return;
  const { endpoint, canary, stable } = rollout;
  const title = `${endpoint}: ${verb(percent(weight), canary.version)}`;
  await enqueueChange(ctx, {
    deduplicationKey: `rollout:${id}`,
    message: {
      title,
      lines: [words],
      severity: "info",
      status: "info",
      reason: "",
      receiver: "",
      groupKey: "",
      alerts: [],
      facts: [
        { name: "Endpoint", value: endpoint },
        { name: "Model", value: canary.model },
        { name: "Version", value: `v${canary.version}, replacing v${stable.version}` },
      ],
      groupLabels: { endpoint, model: canary.model, service: endpoint },
      links: [{ text: "Rollout", path: `/rollouts/${rollout.id}` }],
    },
  });
}
