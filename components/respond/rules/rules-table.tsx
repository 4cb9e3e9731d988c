import { SeverityTag } from "#components/alerting/alerts/alert-text.tsx";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { formatPercent, plural } from "#components/ui/format.ts";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import type { State } from "#components/ui/status-shape.tsx";
import { Tag } from "#components/ui/tag.tsx";
import type { RuleQuality } from "#server/respond/alert-quality/contract.ts";
import type { RuleLine } from "./rule-lines.ts";

const stateLabels: Record<RuleLine["state"], [State, string]> = {
  firing: ["missed", "Firing"],
  pending: ["watch", "Pending"],
  quiet: ["on-target", "Inactive"],
  off: ["paused", "Disabled"],
  failed: ["watch", "Evaluation failed"],
};

/** Shows the state of a rule in one word. */
export function RuleBadge({ state, filled = false }: { state: RuleLine["state"]; filled?: boolean }) {
  const [shape, word] = stateLabels[state];
  return (
    <StatusBadge state={shape} filled={filled}>
      {word}
    </StatusBadge>
  );
}

const columns: Column<RuleLine>[] = [
  { key: "name", head: "Rule", cell: ({ name }) => name },
  { key: "origin", head: "Source", cell: ({ origin }) => <Tag>{origin}</Tag> },
  { key: "state", head: "State", cell: ({ state }) => <RuleBadge state={state} /> },
  { key: "severity", head: "Severity", cell: ({ severity }) => <SeverityTag severity={severity} /> },
  {
    key: "words",
    head: "Fires when",
    width: 220,
    isClipped: true,
    cell: ({ words }) => <span title={words}>{words}</span>,
  },
  {
    key: "last",
    head: "Last fired",
    cell: ({ quality }) =>
      quality?.lastAt ? (
        <RelativeTime at={quality.lastAt} />
      ) : (
        <span className="lw-quiet">not in the last 30 days</span>
      ),
  },
  { key: "groups", head: "Groups", align: "right", cell: ({ quality }) => quality?.groups ?? 0 },
  { key: "precision", head: "Precision", cell: ({ quality }) => <Precision quality={quality} /> },
  {
    key: "missing",
    head: "Missing",
    cell: ({ missing }) =>
      missing.length > 0 ? (
        <Tag tone="watch">no {missing.join(", no ")}</Tag>
      ) : (
        <span className="lw-quiet">nothing</span>
      ),
  },
  { key: "suggestion", head: "Suggestion", cell: ({ quality }) => <Suggestion quality={quality} /> },
];

/** Renders the actionable share of all feedback, with Wilson's interval and the count. */
export function Precision({ quality }: { quality: RuleQuality | undefined }) {
  if (!quality?.precision) return <span className="lw-quiet">no feedback yet</span>;
  const { share, low, high, count } = quality.precision;
  return (
    <span>
      {formatPercent(share)}{" "}
      <span className="lw-quiet">
        {formatPercent(low)} to {formatPercent(high)}, {plural(count, "response")}
      </span>
    </span>
  );
}

/** Shows the suggestion for a noisy rule; a user decides. */
function Suggestion({ quality }: { quality: RuleQuality | undefined }) {
  if (!quality?.suggestion) return <span className="lw-quiet">none</span>;
  return (
    <span title={quality.suggestion.words}>
      {quality.suggestion.kind === "delete" ? "Delete rule" : "Downgrade to ticket"}
    </span>
  );
}

/** Renders all rules with their states and feedback. */
export function RulesTable({ lines, empty }: { lines: readonly RuleLine[]; empty: React.ReactNode }) {
  return (
    <DataTable
      label="Rules"
      rows={lines}
      columns={columns}
      rowKey={({ key }) => key}
      rowHref={({ href }) => href ?? undefined}
      empty={empty}
    />
  );
}
