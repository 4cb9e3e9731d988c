import { formatCount, formatDuration } from "#server/base/format-number.ts";
import { incidentMoves } from "#server/respond/incidents/contract.ts";
import type { EndpointFreeze } from "#server/watch/slo/freezes/contract.ts";
import { namesOf } from "../../oncall/escalation/constants.ts";
import type { AdviceFacts } from "./advise.ts";
import type { TriageAction } from "./contract.ts";

const empty = { title: "", consequences: [], confirmLabel: "", to: null, isRecommended: false };

export function acknowledge({ row, next, now }: AdviceFacts): TriageAction {
  const who = next?.people[0]?.name;
  const words =
    next && who
      ? `Stops the escalation to ${who}, ${formatTimeLeft(next.at.getTime(), now)}.`
      : "Shows others that you are working on it. Stops the escalation.";
  const isAcknowledged = row.owner && row.unacknowledgedGroupIds.length === 0;
  const off =
    !row.groupId || row.alerts === 0
      ? "No longer firing."
      : isAcknowledged
        ? `Acknowledged by ${row.owner?.name}.`
        : null;
  return { ...empty, act: "acknowledge", label: "Acknowledge", key: "A", words, off, asks: false };
}

export function silence({ row, otherGroups }: AdviceFacts): TriageAction {
  const off = !row.groupId || row.alerts === 0 ? "No longer firing." : null;
  const others = otherGroups === 1 ? "1 other group" : `${formatCount(otherGroups)} other groups`;
  const muted = otherGroups === 0 ? "this alert group only" : `this alert group and ${others} with the same labels`;
  return {
    ...empty,
    act: "silence",
    label: "Silence…",
    key: "S",
    off,
    asks: true,
    words: `Mutes ${muted}, for 4\u00a0h by default. The error budget keeps burning.`,
    title: `Silence ${row.service || "this group"}?`,
    consequences: [
      { label: "Mutes", value: "all alerts with the labels of this group, including new ones" },
      ...(otherGroups === 0 ? [] : [{ label: "Also mutes", value: `${others} with the same labels` }]),
      { label: "Keeps", value: "the error budget keeps counting; the queue shows the group as silenced" },
      { label: "Undo", value: "expire the silence at any time under Alerts" },
    ],
    confirmLabel: "Silence",
  };
}

export function freezeChanges({ endpoint, rollout }: AdviceFacts): TriageAction {
  const base = { ...empty, act: "freeze" as const, key: "F", asks: true, label: "Freeze…" };
  if (!endpoint) return { ...base, words: "Not linked to a Leeway endpoint.", off: "Not linked to a Leeway endpoint." };
  const holds = rollout ? ` The rollout of v${rollout.canary.version} is put on hold.` : "";
  return {
    ...base,
    off: null,
    words: `Blocks changes to ${endpoint.name}.${holds}`,
    title: `Freeze changes to ${endpoint.name}?`,
    consequences: [
      { label: "Rejects", value: "deployments and rollouts, unless someone overrides the freeze" },
      ...(rollout
        ? [
            {
              label: "Puts on hold",
              value: `the rollout of v${rollout.canary.version}, if it depends on the error budget`,
            },
          ]
        : []),
      { label: "Still allowed", value: "rollbacks, fixes and security updates" },
      { label: "Undo", value: "lift the freeze at any time" },
    ],
    confirmLabel: "Freeze changes",
  };
}

/** Returns the action that replaces freezing while the endpoint is frozen. */
export function liftFreeze({ endpoint, rollout }: AdviceFacts, freeze: EndpointFreeze): TriageAction {
  const goesOn = rollout ? ` The rollout of v${rollout.canary.version} resumes.` : "";
  return {
    ...empty,
    act: "lift-freeze",
    label: "Lift freeze…",
    key: "F",
    off: null,
    asks: true,
    words: `Frozen by ${freeze.frozenBy}: ${freeze.reason}`,
    title: `Lift the freeze on ${endpoint?.name ?? "this endpoint"}?`,
    consequences: [
      { label: "Still allowed", value: `all changes again.${goesOn}` },
      { label: "Would expire", value: `${freeze.until.toISOString().slice(0, 16).replace("T", " ")} UTC` },
      { label: "Undo", value: "freeze changes again" },
    ],
    confirmLabel: "Lift freeze",
  };
}

/** Pages whoever the escalation pages next, at once, or another person. Without an escalation it asks whom. */
export function pagePerson({ row, next, now }: Pick<AdviceFacts, "row" | "next" | "now">): TriageAction {
  const off = !row.groupId ? "There are no alerts to page someone about." : null;
  const base = { ...empty, act: "page" as const, key: "P", off, asks: true, confirmLabel: "Send page" };
  const names = next ? namesOf(next).join(", ") : "";
  if (!next || !names) {
    return {
      ...base,
      label: "Page…",
      words: "Pages one person through their contact methods, in addition to the escalation.",
      title: "Page someone?",
      consequences: [{ label: "Notifies", value: "that person immediately, via all contact methods" }],
    };
  }
  const { at, step, steps, following } = next;
  const due = formatTimeLeft(at.getTime(), now);
  return {
    ...base,
    label: `Page ${names}…`,
    words: `Pages ${names} now, who would be paged ${due}. Or pages another person.`,
    title: `Page ${names} now?`,
    consequences: [
      { label: "Notifies", value: `${names} immediately, via all contact methods` },
      { label: "Escalation", value: `executes step ${step} of ${steps} now, otherwise due ${due}` },
      ...(following ? [{ label: "Then", value: `${following.words.join("; ")}, after the same wait as before` }] : []),
    ],
  };
}

export function note({ row }: AdviceFacts): TriageAction {
  const off = row.incident ? null : "No incident yet, so there is no timeline to add a note to.";
  return {
    ...empty,
    act: "note",
    label: "Add note…",
    key: "N",
    off,
    asks: true,
    words: "Adds a note to the incident timeline.",
    title: `Note on INC-${row.incident?.number ?? ""}`,
    confirmLabel: "Add note",
  };
}

export function postUpdate({ row }: Pick<AdviceFacts, "row">): TriageAction {
  return {
    ...empty,
    act: "update",
    label: "Update…",
    key: "U",
    off: row.incident ? null : "No incident yet, so there is nothing to post about.",
    asks: true,
    words: "Sends a message to the channels that were notified, and adds it to the timeline.",
    title: `Update on INC-${row.incident?.number ?? ""}`,
    consequences: [
      { label: "Sent to", value: "the channels of the receivers that were notified" },
      { label: "Pages", value: "no one" },
    ],
    confirmLabel: "Post update",
  };
}

export function resolve({ row, moves }: AdviceFacts): TriageAction {
  const mayMove = moves !== undefined && incidentMoves[moves].includes("resolved");
  const off = !row.incident
    ? "No incident; this closes automatically when its alerts resolve."
    : mayMove
      ? null
      : "Acknowledge it first: an incident in triage cannot be resolved.";
  const burns =
    row.alerts > 0 ? `${row.alerts} alert${row.alerts === 1 ? "" : "s"} still firing.` : "No longer firing.";
  return {
    ...empty,
    act: "resolve",
    label: "Resolve…",
    key: "E",
    off,
    asks: true,
    words: `${burns} Ends the incident and finalises its impact.`,
    title: `Resolve INC-${row.incident?.number ?? ""}?`,
    consequences: [
      { label: "Alerts", value: burns },
      { label: "Then", value: "the impact becomes final; a post-mortem is drafted if one is due" },
      { label: "Undo", value: "can be reopened for one day" },
    ],
    confirmLabel: "Resolve",
  };
}

/** Says that it was no incident: it leaves the board and the statistics, and its alerts continue. */
export function cancel({ row, moves }: Pick<AdviceFacts, "row" | "moves">): TriageAction {
  const number = row.incident?.number ?? "";
  const mayMove = moves !== undefined && incidentMoves[moves].includes("cancelled");
  const off = !row.incident
    ? "Not an incident yet. Silence its alerts instead."
    : mayMove
      ? null
      : "Something was done about it, or it has ended. Resolve it instead.";
  const alerts =
    row.alerts === 0
      ? "none is firing"
      : `${row.alerts === 1 ? "the one that fires keeps" : `the ${formatCount(row.alerts)} that fire keep`} notifying and escalating; silence or acknowledge them too`;
  return {
    ...empty,
    act: "cancel",
    label: "Not an incident…",
    key: "C",
    off,
    asks: true,
    words: "Takes it off the board and out of all statistics. Its alerts continue.",
    title: `INC-${number}: not an incident?`,
    consequences: [
      { label: "Alerts", value: alerts },
      { label: "New page", value: "opens another incident" },
      { label: "Statistics", value: `INC-${number} is excluded from all statistics` },
      { label: "Undo", value: "move it back to triage on its page" },
    ],
    confirmLabel: "Not an incident",
  };
}

/** Leads to the policy that trains a model again, which asks for the reason. */
export function retrain(model: string): TriageAction {
  const words = `Opens the policy of ${model}. Takes hours: fix current failures first.`;
  return { ...empty, act: "retrain", label: "Retrain…", key: "T", words, off: null, asks: false };
}

function formatTimeLeft(at: number, now: number): string {
  return at <= now ? "now" : `in ${formatDuration(at - now)}`;
}
