"use server";

import { act } from "#app/_lib/action.ts";
import { runtime } from "#app/_lib/context.ts";
import type { UnblockVersion } from "#server/release/endpoints/blocks/contract.ts";
import { unblockVersion } from "#server/release/endpoints/blocks/unblock-version.ts";
import { acknowledgeGroups } from "#server/respond/acknowledgement/acknowledge-groups.ts";
import { unacknowledgeGroup } from "#server/respond/acknowledgement/unacknowledge-group.ts";
import { submitFeedback } from "#server/respond/alert-quality/submit-feedback.ts";
import { retryNotification } from "#server/respond/delivery/retry-notification.ts";
import { sendTestPage } from "#server/respond/delivery/send-test-page.ts";
import { freezeEndpoint } from "#server/respond/freezes/freeze-endpoint.ts";
import { liftFreeze } from "#server/respond/freezes/lift-freeze.ts";
import { moveIncident } from "#server/respond/incidents/move-incident.ts";
import { tickStep } from "#server/respond/incidents/runbooks/tick-step.ts";
import { untickStep } from "#server/respond/incidents/runbooks/untick-step.ts";
import { addNote } from "#server/respond/incidents/timeline/add-note.ts";
import { postUpdate } from "#server/respond/incidents/timeline/post-update.ts";
import { callPerson } from "#server/respond/oncall/escalation/call-person.ts";
import { escalateNow } from "#server/respond/oncall/escalation/escalate-now.ts";
import { setSilence } from "#server/respond/silences/set-silence.ts";
import type { RollBackEndpoint } from "#server/respond/triage/actions/contract.ts";
import { rollBackEndpoint } from "#server/respond/triage/actions/roll-back-endpoint.ts";

const minuteMs = 60_000;

export async function acknowledgeAction(input: { groupIds: string[] }) {
  return act((ctx) => acknowledgeGroups(ctx, input));
}

export async function unacknowledgeAction(input: { groupIds: string[] }) {
  return act(async (ctx) => {
    for (const groupId of input.groupIds) await unacknowledgeGroup(ctx, { groupId });
  });
}

export async function silenceAction(input: { labels: Record<string, string>; minutes: number; reason: string }) {
  return act(async (ctx) => {
    const now = Date.now();
    const matchers = Object.entries(input.labels).map(([name, value]) => ({
      name,
      value,
      isRegex: false,
      isEqual: true,
    }));
    const { endsAt } = await setSilence(ctx, {
      matchers,
      startsAt: new Date(now),
      endsAt: new Date(now + input.minutes * minuteMs),
      comment: input.reason,
    });
    return endsAt.getTime();
  });
}

export async function rollBackAction(input: RollBackEndpoint) {
  return act(async (ctx) => {
    await rollBackEndpoint(ctx, input, runtime().config.engines);
  });
}

export async function freezeAction(input: { endpointId: string; minutes: number; reason: string; groupId?: string }) {
  return act(async (ctx) => {
    const { minutes, ...values } = input;
    await freezeEndpoint(ctx, { ...values, until: new Date(Date.now() + minutes * minuteMs) });
  });
}

export async function liftFreezeAction(input: { endpointId: string; reason: string; groupId?: string }) {
  return act((ctx) => liftFreeze(ctx, input));
}

export async function pageAction(input: { groupId: string; userId: string; note: string }) {
  return act((ctx) => callPerson(ctx, input));
}

export async function escalateAction(input: { groupId: string; step: number; reason?: string | undefined }) {
  return act((ctx) => escalateNow(ctx, input));
}

export async function retryPageAction(input: { notificationId: string }) {
  return act((ctx) => retryNotification(ctx, input));
}

export async function testPageAction() {
  return act((ctx) => sendTestPage(ctx));
}

export async function unblockAction(input: UnblockVersion) {
  return act((ctx) => unblockVersion(ctx, input));
}

export async function noteAction(input: { number: number; title: string }) {
  return act(async (ctx) => {
    await addNote(ctx, input);
  });
}

export async function updateAction(input: { number: number; text: string }) {
  return act((ctx) => postUpdate(ctx, input));
}

export async function resolveAction(input: { number: number; reason: string }) {
  return act(async (ctx) => {
    await moveIncident(ctx, { ...input, to: "resolved" });
  });
}

export async function cancelAction(input: { number: number; reason: string }) {
  return act(async (ctx) => {
    await moveIncident(ctx, { ...input, to: "cancelled" });
  });
}

export async function verdictAction(input: {
  groupId: string;
  verdict: "actionable" | "known" | "noise" | "duplicate";
}) {
  return act(async (ctx) => {
    await submitFeedback(ctx, input);
  });
}

export async function tickAction(input: { runbookId: string; subjectId: string; step: string }) {
  return act((ctx) => tickStep(ctx, input));
}

export async function untickAction(input: { runbookId: string; subjectId: string; step: string }) {
  return act((ctx) => untickStep(ctx, input));
}
