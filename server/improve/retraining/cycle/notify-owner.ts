import { enqueueNotification } from "#server/alerting/notifications/enqueue-notification.ts";
import type { Context } from "#server/base/context.ts";
import type { RetrainingOutcome } from "../outcome/contract.ts";

interface Reported {
  cycleId: string;
  /** State that it has reached, or what its adoption came to; each is reported once. */
  state: "requested" | "approving" | "adopted" | "rejected" | "expired" | RetrainingOutcome["verdict"];
  number: number;
  model: string;
  /** User who owns the policy; nobody is notified without one. */
  ownerId: string | null;
  words: string;
}

const verbs: Record<Reported["state"], string> = {
  requested: "started",
  approving: "waits for an approval",
  adopted: "adopted its candidate",
  rejected: "rejected its candidate",
  expired: "expired",
  helped: "helped",
  harmed: "made predictions worse",
  "no-difference": "made no difference",
  "not-known": "has no known effect",
};

/** Notifies the owner of a policy of what becomes of a cycle, in the transaction that decides it. */
export async function notifyOwner(
  ctx: Context,
  { cycleId, state, number, model, ownerId, words }: Reported,
): Promise<void> {
  if (ownerId === null) return;
  await enqueueNotification(ctx, {
    to: { userId: ownerId },
    kind: "notice",
    severity: "ticket",
    deduplicationKey: `retraining:${cycleId}:${state}`,
    message: {
      title: `${model}: retraining cycle ${number} ${verbs[state]}`,
      lines: words === "" ? [] : [words],
      severity: "info",
      status: "info",
      reason: "",
      receiver: "",
      groupKey: "",
      alerts: [],
      facts: [{ name: "Model", value: model }],
      groupLabels: { model },
      links: [{ text: `Cycle ${number}`, path: `/retraining/${encodeURIComponent(model)}/${number}` }],
    },
  });
}
