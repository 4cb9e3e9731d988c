"use client";

import { useState } from "react";
import { type ActionState, unreachable } from "#components/ui/action-state.ts";
import { plural } from "#components/ui/format.ts";
import { formatUntil } from "#components/ui/format-time.ts";
import { useQueryClient } from "#components/ui/queries.ts";
import { toast } from "#components/ui/toast.tsx";
import type { TriageAct } from "#server/respond/triage/advice/contract.ts";
import type { ActionInput } from "./actions/act-dialog.tsx";
import type { Block, VerdictValue } from "./actions/act-pane.tsx";
import type { BoardActions, Chosen } from "./board-types.ts";
import { lineOf, viewOf } from "./board-view.ts";
import { show } from "./use-board.ts";

/** Returns the actions of the board: each converts its input for the command, shows the result and reloads the affected data. */
export function useActs(actions: BoardActions, chosen: Chosen | undefined) {
  const client = useQueryClient();
  const [busy, setBusy] = useState<TriageAct | "escalate">();
  const again = () => client.invalidateQueries({ queryKey: ["alert", "list"] });

  async function run(work: () => Promise<ActionState<unknown>>): Promise<string | undefined> {
    const result: ActionState<unknown> = await work().catch(() => unreachable);
    if (!result.ok) return result.error ?? Object.values(result.fieldErrors ?? {})[0] ?? "The change was not saved.";
    await again();
    return undefined;
  }

  /** Acknowledges all groups of the line immediately; the toast offers to undo it. */
  async function acknowledge(): Promise<boolean> {
    if (!chosen?.row.groupId) return false;
    const { groupId, unacknowledgedGroupIds } = chosen.row;
    const groupIds = unacknowledgedGroupIds.length > 0 ? unacknowledgedGroupIds : [groupId];
    setBusy("acknowledge");
    const failure = await run(() => actions.acknowledge({ groupIds }));
    setBusy(undefined);
    if (failure) toast.failed("Could not acknowledge.", failure);
    else {
      toast.done("Acknowledged. Escalation stopped.", {
        label: "Undo",
        onClick: () => void run(() => actions.unacknowledge({ groupIds })),
      });
    }
    return failure === undefined;
  }

  /** Does what a dialog confirmed. @returns why it was not done */
  async function act(
    act: TriageAct,
    { reason, minutes, userId, into, groupIds }: ActionInput,
  ): Promise<string | undefined> {
    if (!chosen) return "Nothing selected.";
    const { row, endpoint, labels, rollout, nextEscalation: next } = chosen;
    const groupId = row.groupId ?? undefined;
    const endpointId = endpoint?.id ?? "";
    const to = chosen.actions.find((action) => action.act === act)?.to ?? undefined;
    const number = row.incident?.number ?? 0;
    if (act === "silence") return silence(labels, minutes, reason);
    if (act === "update") return postUpdate(number, reason);
    if (act === "split") return split(number, groupIds, reason);
    const done: Partial<Record<TriageAct, [() => Promise<ActionState<unknown>>, string]>> = {
      "roll-back": [
        () =>
          actions.rollBack({
            endpointId,
            reason,
            groupId,
            to,
            rollout: rollout && !to ? { id: rollout.id, revision: rollout.revision } : undefined,
          }),
        "Rolled back. Leeway monitors recovery.",
      ],
      "fall-back": [
        () => actions.rollBack({ endpointId, reason, groupId, to }),
        "Fell back. Leeway monitors recovery.",
      ],
      freeze: [() => actions.freeze({ endpointId, minutes, reason, groupId }), `Changes to ${endpoint?.name} frozen.`],
      "lift-freeze": [() => actions.liftFreeze({ endpointId, reason, groupId }), `Freeze on ${endpoint?.name} lifted.`],
      page: userId
        ? [() => actions.page({ groupId: groupId ?? "", userId, note: reason }), "Page sent."]
        : [() => actions.escalate({ groupId: groupId ?? "", step: next?.step ?? 0, reason }), `Paging ${whoIs(next)}.`],
      note: [() => actions.note({ number, title: reason }), "Note added to the timeline."],
      resolve: [() => actions.resolve({ number, reason }), `INC-${number} resolved.`],
      cancel: [() => actions.cancel({ number, reason }), `INC-${number} cancelled. Its alerts continue.`],
      merge: [() => actions.merge({ number, into, reason }), `INC-${number} merged into INC-${into}.`],
    };
    const chosenAct = done[act];
    if (!chosenAct) return "This action is not available here.";
    const failure = await run(chosenAct[0]);
    if (failure === undefined) toast.done(chosenAct[1]);
    return failure;
  }

  /** Silences a line: the board moves to the next one, the silenced one moves to the end, and the toast links back to it. */
  async function silence(labels: Chosen["labels"], minutes: number, reason: string): Promise<string | undefined> {
    let endsAt: number | undefined;
    const failure = await run(async () => {
      const result = await actions.silence({ labels, minutes, reason });
      endsAt = result.data;
      return result;
    });
    const row = chosen?.row;
    if (failure !== undefined || endsAt === undefined || !row) return failure;
    toast.done(`Silenced until ${formatUntil(endsAt, Date.now())}.`, {
      label: "View",
      onClick: () =>
        show(
          {
            ...viewOf(location.pathname, new URLSearchParams(location.search)),
            filter: "all",
            team: undefined,
            ...lineOf(row),
          },
          true,
        ),
    });
    return undefined;
  }

  /** Posts an update; the toast says where it went. */
  async function postUpdate(number: number, text: string): Promise<string | undefined> {
    let channels = 0;
    const failure = await run(async () => {
      const result = await actions.update({ number, text });
      channels = result.data?.channels ?? 0;
      return result;
    });
    if (failure !== undefined) return failure;
    toast.done(
      channels > 0
        ? `Update posted to ${plural(channels, "channel")}.`
        : "Added to the timeline. No channel to post to.",
    );
    return undefined;
  }

  /** Splits alerts off the incident; the toast links to what they became. */
  async function split(number: number, groupIds: string[], reason: string): Promise<string | undefined> {
    let became: number | undefined;
    const failure = await run(async () => {
      const result = await actions.split({ number, groupIds, reason });
      became = result.data;
      return result;
    });
    if (failure !== undefined || became === undefined) return failure;
    const incident = became;
    toast.done(`Split off as INC-${incident}.`, {
      label: "View",
      onClick: () =>
        show(
          { ...viewOf(location.pathname, new URLSearchParams(location.search)), groupId: undefined, incident },
          true,
        ),
    });
    return undefined;
  }

  async function verdict(value: VerdictValue): Promise<void> {
    const groupId = chosen?.row.groupId;
    if (!groupId) return;
    const failure = await run(() => actions.verdict({ groupId, verdict: value }));
    if (failure) toast.failed("Could not save feedback.", failure);
    else toast.done(`Feedback saved: ${value}.`);
  }

  async function tick(of: { runbookId: string; subjectId: string }, step: string, isDone: boolean): Promise<void> {
    const work = isDone ? actions.tick : actions.untick;
    const failure = await run(() => work({ ...of, step }));
    await client.invalidateQueries({ queryKey: ["incident", "list", "runbook"] });
    if (failure) toast.failed("Could not complete the step.", failure);
  }

  /** Executes the next step of the escalation at once. */
  async function escalate(): Promise<void> {
    const groupId = chosen?.row.groupId;
    const next = chosen?.nextEscalation;
    if (!groupId || !next) return;
    setBusy("escalate");
    const failure = await run(() => actions.escalate({ groupId, step: next.step }));
    setBusy(undefined);
    if (failure) toast.failed("Could not page.", failure);
    else toast.done(`Paging ${whoIs(next)}.`);
  }

  async function retryPage(notificationId: string): Promise<void> {
    const failure = await run(() => actions.retryPage({ notificationId }));
    if (failure) toast.failed("Could not send it again.", failure);
    else toast.done("Sending it again.");
  }

  /** @returns why it was not done */
  async function unblock(block: Block, reason: string): Promise<string | undefined> {
    const { endpointId, model, version } = block;
    const failure = await run(() => actions.unblock({ endpointId, model, version, reason }));
    if (failure === undefined) toast.done(`${model} v${version} unblocked.`);
    return failure;
  }

  async function testPage(): Promise<void> {
    const result: ActionState<{ methods: number }> = await actions.testPage().catch(() => unreachable);
    if (!result.ok) toast.failed("Could not send the test page.", result.error ?? "Try again.");
    else toast.done(`Test page sent to ${plural(result.data?.methods ?? 0, "contact method")}.`);
  }

  return { busy, acknowledge, act, verdict, tick, escalate, retryPage, unblock, testPage };
}

/** Names whom a step of an escalation notifies. */
function whoIs(next: Chosen["nextEscalation"]): string {
  return [...(next?.people.map(({ name }) => name) ?? []), ...(next?.receivers ?? [])].join(", ") || "the next step";
}
