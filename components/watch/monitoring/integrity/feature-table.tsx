import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { Definition } from "#components/ui/definition.tsx";
import { formatPercent, noValue, plural } from "#components/ui/format.ts";
import { NamedText } from "#components/ui/named-text.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { Tag } from "#components/ui/tag.tsx";
import type { CheckKind, CheckResult, FeatureIntegrity } from "#server/watch/monitoring/integrity/contract.ts";
import { CheckStateBadge } from "./check-state.tsx";
import classes from "./integrity.module.css";

interface FeatureTableProps {
  features: readonly FeatureIntegrity[];
  /** Feature whose checks are open. */
  chosen: string | undefined;
  hrefOf: (feature: string) => string;
  /** Number of all features, shown or not. */
  total: number;
}

/** Renders every feature with the shares of its checks, worst first; a row opens all of its checks. */
export function FeatureTable({ features, chosen, hrefOf, total }: FeatureTableProps) {
  const columns: Column<FeatureIntegrity>[] = [
    {
      key: "feature",
      head: "Feature",
      cell: ({ feature, role }) => (
        <span className={classes.feature} data-chosen={feature === chosen || undefined}>
          <code>{feature}</code>
          {role === "output" && <Tag>prediction</Tag>}
        </span>
      ),
    },
    { key: "state", head: "State", cell: ({ state }) => <CheckStateBadge state={state} /> },
    {
      key: "missing",
      align: "right",
      head: (
        <Definition
          name="Missing"
          sentence="Share of rows without a value (NaN counts as missing), and the same share in the reference."
          formula="(null + NaN) / rows of the range"
        >
          Missing / reference
        </Definition>
      ),
      cell: ({ checks }) => <Shares check={find(checks, ["missing values"])} />,
    },
    {
      key: "strange",
      align: "right",
      head: (
        <Definition
          name="Outside reference"
          sentence="Numbers: share outside the minimum and maximum of the reference. Categories: share not present in the reference. The expected share is shown alongside."
        >
          Outside reference / expected
        </Definition>
      ),
      cell: ({ checks }) => <Shares check={find(checks, ["out of range", "unseen levels"])} />,
    },
    { key: "words", head: "Findings", cell: ({ checks }) => <Found checks={checks} /> },
  ];
  return (
    <DataTable
      label="Features"
      rows={features}
      columns={columns}
      rowKey={({ feature }) => feature}
      rowHref={({ feature }) => hrefOf(feature)}
      density="dense"
      empty={<EmptyState title="No issues found">All {plural(total, "feature")} match the reference.</EmptyState>}
    />
  );
}

/** Renders "6.2%, 0.4%": the current share, and the reference in a subdued colour. */
function Shares({ check }: { check: CheckResult | undefined }) {
  if (!check || check.share === null) return <span className="lw-quiet">{noValue}</span>;
  return (
    <span className="lw-number">
      {formatPercent(check.share)} <span className="lw-quiet">{formatPercent(check.usual)}</span>
    </span>
  );
}

function find(checks: readonly CheckResult[], kinds: CheckKind[]): CheckResult | undefined {
  return checks.find(({ check }) => kinds.includes(check));
}

function Found({ checks }: { checks: readonly CheckResult[] }) {
  const worst = checks.find(({ state }) => state === "broken") ?? checks.find(({ state }) => state === "small");
  if (!worst) return <span className="lw-quiet">Matches the reference</span>;
  return (
    <span className={classes.found}>
      <NamedText>{worst.words}</NamedText>
    </span>
  );
}
