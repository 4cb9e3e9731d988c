import { incidentMoves } from "#server/incidents/contract.ts";
import { lasting } from "#server/number-words.ts";
import type { EndpointFreeze } from "#server/slo/freezes/contract.ts";
import type { AdviceFacts } from "./advise.ts";
import type { TriageAction } from "./contract.ts";

const empty = { title: "", consequences: [], confirmLabel: "", to: null, isRecommended: false };

export function acknowledge({ row, next, now }: AdviceFacts): TriageAction {
  const who = next?.people[0]?.name;
  const words =
    next && who
      ? `Stops the page to ${who}, ${inWords(next.at.getTime(), now)}.`
      : "Says that you have it. Nobody is called for it any more.";
  const off =
    !row.groupId || row.alerts === 0 ? "Nothing of it fires any more." : row.owner ? `${row.owner.name} has it.` : null;
  const isRecommended = row.state === "unacknowledged";
  return { ...empty, act: "acknowledge", label: "Acknowledge", key: "A", words, off, asks: false, isRecommended };
}

export function silence({ row }: AdviceFacts): TriageAction {
  const off = !row.groupId || row.alerts === 0 ? "Nothing of it fires any more." : null;
  return {
    ...{ ...empty, act: "silence", label: "Silence…", key: "S", off, asks: true },
    words: "This alert group only, 4 h unless you say otherwise. It goes on burning.",
    title: `Silence ${row.service || "this group"}?`,
    consequences: [
      { label: "Mutes", value: "alerts with exactly the labels of this group, also new ones" },
      { label: "Keeps", value: "counting the budget; the queue shows it as silenced" },
      { label: "Undo", value: "end the silence at any time, on the page Alerts" },
    ],
    confirmLabel: "Silence it",
  };
}

export function freezeChanges({ endpoint, rollout }: AdviceFacts): TriageAction {
  const base = { ...empty, act: "freeze" as const, key: "F", asks: true, label: "Freeze changes…" };
  if (!endpoint)
    return { ...base, words: "No endpoint of Leeway is behind it.", off: "No endpoint of Leeway is behind it." };
  const holds = rollout ? ` The rollout of v${rollout.canary.version} holds where it is.` : "";
  return {
    ...{ ...base, off: null, words: `Blocks changes to ${endpoint.name}.${holds}` },
    title: `Freeze changes to ${endpoint.name}?`,
    consequences: [
      { label: "Refuses", value: "deployments and rollouts, unless somebody overrides it by name" },
      ...(rollout
        ? [{ label: "Holds", value: `the rollout of v${rollout.canary.version}, where it asks the error budget` }]
        : []),
      { label: "Lets through", value: "rollbacks, fixes, security" },
      { label: "Undo", value: "lift the freeze at any time" },
    ],
    confirmLabel: "Freeze changes",
  };
}

/** What takes the place of freezing while the endpoint is frozen. */
export function liftFreeze({ endpoint, rollout }: AdviceFacts, freeze: EndpointFreeze): TriageAction {
  const goesOn = rollout ? ` The rollout of v${rollout.canary.version} goes on.` : "";
  return {
    ...{ ...empty, act: "lift-freeze", label: "Lift the freeze…", key: "F", off: null, asks: true },
    words: `${freeze.frozenBy} froze it: ${freeze.reason}`,
    title: `Lift the freeze of ${endpoint?.name ?? "this endpoint"}?`,
    consequences: [
      { label: "Lets through", value: `every change again.${goesOn}` },
      { label: "Would end", value: `${freeze.until.toISOString().slice(0, 16).replace("T", " ")} UTC by itself` },
      { label: "Undo", value: "freeze changes again" },
    ],
    confirmLabel: "Lift the freeze",
  };
}

export function pagePerson({ row }: AdviceFacts): TriageAction {
  const off = !row.groupId ? "It has no alerts to call somebody for." : null;
  return {
    ...{ ...empty, act: "page", label: "Page somebody…", key: "P", off, asks: true },
    words: "Calls one person by their own contact methods, beside the escalation.",
    title: "Page whom?",
    consequences: [{ label: "Tells", value: "by every contact method of that person, at once" }],
    confirmLabel: "Page them",
  };
}

export function note({ row }: AdviceFacts): TriageAction {
  const off = row.incident ? null : "It has no incident yet, so there is no timeline to write on.";
  return {
    ...{
      ...empty,
      act: "note",
      label: "Note…",
      key: "N",
      off,
      asks: true,
      words: "Onto the timeline of the incident.",
    },
    title: `Note on INC-${row.incident?.number ?? ""}`,
    confirmLabel: "Write it down",
  };
}

export function resolve({ row, moves }: AdviceFacts): TriageAction {
  const mayMove = moves !== undefined && incidentMoves[moves].includes("resolved");
  const off = !row.incident
    ? "It has no incident; it ends by itself with its alerts."
    : mayMove
      ? null
      : "Acknowledge it first: what is in triage is not resolved.";
  const burns =
    row.alerts > 0
      ? `${row.alerts} alert${row.alerts === 1 ? "" : "s"} still fire${row.alerts === 1 ? "s" : ""}.`
      : "Nothing fires any more.";
  return {
    ...{
      ...empty,
      act: "resolve",
      label: "Resolve…",
      key: "E",
      off,
      asks: true,
      words: `${burns} Ends the incident and counts its impact.`,
    },
    title: `Resolve INC-${row.incident?.number ?? ""}?`,
    consequences: [
      { label: "Alerts", value: burns },
      { label: "Then", value: "its impact is counted for good; a post-mortem is drafted where one is due" },
      { label: "Undo", value: "it can be made active again for a day" },
    ],
    confirmLabel: "Resolve it",
    isRecommended: row.state === "quiet" && mayMove,
  };
}

export function retrain(): TriageAction {
  const off = "Not yet: Leeway does not start training runs. Start one where you train, and register its version here.";
  return { ...empty, act: "retrain", label: "Retrain…", key: "T", words: off, off, asks: true };
}

function inWords(at: number, now: number): string {
  return at <= now ? "now" : `in ${lasting(at - now)}`;
}
