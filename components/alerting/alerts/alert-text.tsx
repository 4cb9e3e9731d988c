import { StatusBadge } from "#components/ui/status-badge.tsx";
import type { State } from "#components/ui/status-shape.tsx";
import { Tag } from "#components/ui/tag.tsx";
import type { AlertGroup, AlertNow, Labels, Verdict } from "#server/alerting/alerts/contract.ts";
import { internalPrefix } from "#server/alerting/alerts/contract.ts";
import classes from "./alerts.module.css";

type GroupStatus = Pick<AlertGroup, "state" | "summary" | "acknowledgement">;

function groupStatus({ state, summary, acknowledgement }: GroupStatus): [State, string] {
  switch (state) {
    case "firing":
      return [summary.severity === "page" ? "missed" : "watch", "Firing"];
    case "acknowledged":
      return ["running", `Acknowledged by ${acknowledgement?.by}`];
    case "muted":
      return ["paused", "Muted"];
    case "resolving":
      return ["finished", "Resolved, notification pending"];
    case "resolved":
      return ["finished", "Resolved"];
  }
}

/** Shows the state of a group in one word. */
export function GroupBadge({ group, filled = false }: { group: GroupStatus; filled?: boolean }) {
  const [state, word] = groupStatus(group);
  return (
    <StatusBadge state={state} filled={filled}>
      {word}
    </StatusBadge>
  );
}

/** Shows whether an alert is firing and whether it sends notifications. */
export function AlertBadge({ alert, filled = false }: { alert: AlertNow; filled?: boolean }) {
  const isMuted = isMutedNow(alert);
  const [state, word]: [State, string] =
    alert.state === "resolved"
      ? ["finished", "Resolved"]
      : isMuted
        ? ["paused", "Firing, muted"]
        : [alert.severity === "page" ? "missed" : "watch", "Firing"];
  return (
    <StatusBadge state={state} filled={filled}>
      {alert.notEvaluatedSince ? `${word}, not evaluated` : word}
    </StatusBadge>
  );
}

/** Returns whether an alert is muted for any reason. */
export function isMutedNow({ silencedBy, inhibitedBy, mutedBy }: AlertNow): boolean {
  return silencedBy.length + inhibitedBy.length + mutedBy.length > 0;
}

/** Renders the severity, page or ticket, as a tag. */
export function SeverityTag({ severity }: { severity: string }) {
  return <Tag tone={severity === "page" ? "strong" : "neutral"}>{severity}</Tag>;
}

/** Renders each label as a tag. */
export function LabelTags({ labels, without = [] }: { labels: Labels; without?: readonly string[] }) {
  const shown = Object.entries(labels).filter(([name]) => !without.includes(name));
  if (shown.length === 0) return <span className="lw-quiet">none</span>;
  return (
    <span className={classes.tags}>
      {shown.map(([name, value]) => (
        <Tag mono key={name}>
          {name}={value}
        </Tag>
      ))}
    </span>
  );
}

/** Annotations that are for people. */
export function shownAnnotations(annotations: Labels): [string, string][] {
  return Object.entries(annotations).filter(([name]) => !name.startsWith(internalPrefix));
}

export const verdictLabels: Record<Verdict, { word: string; hint: string }> = {
  actionable: { word: "Actionable", hint: "Useful: action was required" },
  known: { word: "Known", hint: "Expected, for example during planned work" },
  noise: { word: "Noise", hint: "No action was required" },
  duplicate: { word: "Duplicate", hint: "Another alert already reported this" },
};
