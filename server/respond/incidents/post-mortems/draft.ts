import { hourMs, minuteMs } from "#server/base/durations.ts";
import { formatCount, formatDuration, formatSignificant, percent } from "#server/base/format-number.ts";
import { formatSpent } from "#server/watch/slo/engine/contract.ts";
import type { TimelineEvent, TimelineKind } from "../timeline/contract.ts";
import type { DraftFacts } from "./draft-contract.ts";
import { clock, moment, plain, said } from "./draft-text.ts";

/** Kinds that the section "Timeline" holds (docs/spec/alerting.md section 21, point 3). */
const shownKinds: readonly TimelineKind[] = [
  "alert",
  "ack",
  "state",
  "severity",
  "change",
  "action",
  "rollback",
  "model",
  // Findings and affected users belong in the draft; chat does not.
  "note",
  "customer",
  "silence",
  "runbook",
] as TimelineKind[];

/**
 * Drafts a post-mortem in Markdown, from events alone: each sentence names its source events (docs/spec/alerting.md section 21). Leaves
 * everything else to people, under headings with a question.
 */
export function draftOf(facts: DraftFacts): string {
  const { number, title } = facts.incident;
  const sections = [
    ["Summary", summary(facts)],
    ["Impact", impact(facts)],
    ["Timeline", timeline(facts)],
    ["Detection", detection(facts)],
    ["Burn rate", burn(facts)],
    ["Contributing changes", changes(facts)],
    ["What went well", ["_What helped? Who or what would we want at hand next time?_"]],
    ["What did not go well", ["_Where did we lose time? What surprised us?_"]],
    ["Actions", actions(facts)],
    ["Alerting improvements", lessons(facts)],
  ] as const;
  const head = `# INC-${number}: ${plain(title)}\n\n_Draft generated from the incident timeline. Review it before marking it as complete._`;
  return `${head}\n\n${sections.map(([name, lines]) => `## ${name}\n\n${lines.join("\n\n")}`).join("\n\n")}\n`;
}

function of(facts: DraftFacts, ...kinds: TimelineKind[]): TimelineEvent[] {
  return facts.timeline.filter(({ kind }) => kinds.includes(kind));
}

/** Returns the event that marks the start, for sentences without another source event. */
function first(facts: DraftFacts): TimelineEvent[] {
  return facts.timeline.filter(({ kind }) => kind === "alert" || kind === "state").slice(0, 1);
}

function ended(facts: DraftFacts): TimelineEvent[] {
  const states = of(facts, "state").filter(({ title }) => /^(Mitigated|Resolved)/.test(title));
  return states.length > 0 ? states.slice(0, 1) : first(facts);
}

function summary(facts: DraftFacts): string[] {
  const { incident } = facts;
  const { number, title, severity, endpoint, startedAt, mitigatedAt, impact } = incident;
  const until = mitigatedAt
    ? `until ${moment(mitigatedAt)} (${formatDuration(mitigatedAt.getTime() - startedAt.getTime())})`
    : "and ongoing";
  const where = endpoint ? ` at ${plain(endpoint)}` : "";
  const lines = [
    said(`${severity}${where}: ${plain(title)}. From ${moment(startedAt)} ${until}.`, number, [
      ...first(facts),
      ...ended(facts),
    ]),
  ];
  if (impact.badEvents > 0) {
    const share = percent(impact.badEvents / impact.events);
    lines.push(
      said(
        `${formatCount(Math.round(impact.badEvents))} of ${formatCount(Math.round(impact.events))} events were bad (${share}).`,
        number,
        ended(facts),
      ),
    );
  }
  const [cause] = facts.changes;
  if (cause?.event.isProbableCause) lines.push(describeCause(facts, cause));
  const rollback = of(facts, "rollback").find(({ at }) => at >= startedAt);
  if (rollback) lines.push(said(`Resolved by: ${plain(rollback.title)}.`, number, [rollback]));
  return lines;
}

function describeCause({ incident }: DraftFacts, { event, beforeStartMs }: DraftFacts["changes"][number]): string {
  const when =
    beforeStartMs >= minuteMs
      ? `${formatDuration(beforeStartMs)} before the start`
      : beforeStartMs > -minuteMs
        ? "within the minute of the start"
        : `${formatDuration(-beforeStartMs)} after the start`;
  const sure = event.actor.kind === "person" ? "Marked as probable cause" : "Probable cause";
  return said(`${sure}: ${plain(event.title)} at ${clock(event.at)}, ${when}.`, incident.number, [event]);
}

function impact(facts: DraftFacts): string[] {
  const { number, impact } = facts.incident;
  const rows = [
    ["Bad events", `${formatCount(Math.round(impact.badEvents))} of ${formatCount(Math.round(impact.events))}`],
    ["Impact minutes", formatSignificant(impact.impactMinutes, 3)],
    [
      "Customer minutes",
      impact.customerMinutes === null
        ? "unknown: callers do not identify themselves"
        : formatCount(impact.customerMinutes),
    ],
    ...impact.budgets.map(({ name, spent }) => [`Error budget of ${plain(name)}`, `${formatSpent(spent)} spent`]),
  ];
  const table = ["| Measure | Value |", "| --- | --- |", ...rows.map(([what, value]) => `| ${what} | ${value} |`)].join(
    "\n",
  );
  return [table, said("Calculated from the SLIs between the start and the end of the impact.", number, ended(facts))];
}

function timeline(facts: DraftFacts): string[] {
  const { number } = facts.incident;
  const events = facts.timeline.filter(({ kind }) => shownKinds.includes(kind));
  if (events.length === 0) return ["_Nothing was recorded._"];
  return [
    events
      .map((event) => {
        const mark = event.isProbableCause ? " **Probable cause.**" : "";
        return `- ${clock(event.at)} ${said(`${plain(event.title)}.`.replace(/\.\.$/, "."), number, [event])}${mark}`;
      })
      .join("\n"),
  ];
}

function detection(facts: DraftFacts): string[] {
  const { number, startedAt, detectedAt, pagedAt, acknowledgedAt, isFoundByMachine, declaredBy } = facts.incident;
  const delay = formatDuration(Math.max(0, detectedAt.getTime() - startedAt.getTime()));
  const alert = of(facts, "alert").slice(0, 1);
  const lines = isFoundByMachine
    ? [
        said(
          `Detected by alert after ${delay}: ${facts.alerts.map(({ title }) => plain(title)).join("; ") || "a page"}.`,
          number,
          alert,
        ),
      ]
    : [said(`Detected by ${plain(declaredBy)} after ${delay}; no alert fired.`, number, first(facts))];
  if (pagedAt && acknowledgedAt) {
    const acknowledgeTime = formatDuration(Math.max(0, acknowledgedAt.getTime() - pagedAt.getTime()));
    lines.push(said(`Acknowledged ${acknowledgeTime} after the page.`, number, of(facts, "ack").slice(0, 1)));
  }
  const replays = facts.incident.links.filter(({ kind }) => kind === "slo");
  if (replays.length > 0) {
    const where = replays.map(({ title, href }) => `[${plain(title)}](${href})`).join(", ");
    lines.push(`_Should another alert have fired? Replay other rules for this period: ${where}._`);
  }
  return lines;
}

function burn(facts: DraftFacts): string[] {
  const { number, startedAt, mitigatedAt } = facts.incident;
  const lines = facts.burns.flatMap(({ name, peak, before }) => {
    if (!peak) return [];
    const was = before === null ? "" : ` Before the start it was ${formatSignificant(before, 2)}.`;
    const text = `${plain(name)} peaked at a burn rate of ${formatSignificant(peak.rate, 3)} (5\u00a0min, at ${clock(peak.at)}).${was}`;
    return [said(text, number, first(facts))];
  });
  const from = clock(startedAt.getTime() - 2 * hourMs);
  const to = mitigatedAt ? clock(mitigatedAt.getTime() + 2 * hourMs) : "now";
  return [...lines, `[Chart with thresholds and changes, ${from} to ${to}](/incidents/${number})`];
}

function changes(facts: DraftFacts): string[] {
  if (facts.changes.length === 0)
    return [said("No changes were recorded in the two hours before the start.", facts.incident.number, first(facts))];
  const lines = facts.changes.map((change, index) => {
    const { event, beforeStartMs } = change;
    const words = event.isProbableCause
      ? describeCause(facts, change)
      : said(
          `${plain(event.title)}, ${formatDuration(Math.max(0, beforeStartMs))} before the start.`,
          facts.incident.number,
          [event],
        );
    return `${index + 1}. ${words}${event.body ? ` ${plain(event.body)}` : ""}`;
  });
  return [lines.join("\n"), "_Ranked by proximity to the start. Confirm the cause, or set another._"];
}

function actions({ actions }: DraftFacts): string[] {
  if (actions.length === 0)
    return [
      "_What would prevent this, detect it earlier or resolve it faster? Add actions with an owner and a due date._",
    ];
  const rows = actions.map(
    ({ title, kind, owner, dueOn, isDone }) =>
      `| ${plain(title)} | ${kind} | ${owner ? plain(owner) : "no one"} | ${dueOn ?? "no due date"} | ${isDone ? "done" : "open"} |`,
  );
  return [["| Action | Kind | Owner | Due | State |", "| --- | --- | --- | --- | --- |", ...rows].join("\n")];
}

function lessons(facts: DraftFacts): string[] {
  const { number } = facts.incident;
  if (facts.alerts.length === 0)
    return [
      said("No alert is linked. Consider adding a rule that would have fired, as an action.", number, first(facts)),
    ];
  const alerts = of(facts, "alert").slice(0, 1);
  return facts.alerts.map(({ title, verdict }) => {
    const words = verdict ? `was rated ${verdict}` : "has not been rated";
    return said(`${plain(title)} ${words}.`, number, alerts);
  });
}
