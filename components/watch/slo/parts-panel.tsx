import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { Panel } from "#components/ui/panel.tsx";
import type { Slo } from "#server/watch/slo/objectives/contract.ts";
import { sloHref } from "./addresses.ts";
import { burnText, formatRemaining } from "./budget-text.ts";
import { LeewayScale } from "./leeway-scale.tsx";

type Part = Slo["parts"][number];

const modes = {
  openslo: "sum of burn rates, weighted (OpenSLO)",
  weighted: "weighted average of burn rates",
  worst: "worst component",
};

/** Lists the components of a composite SLO, and how they are combined. */
export function PartsPanel({ slo, now }: { slo: Slo; now: number }) {
  const columns: Column<Part>[] = [
    { key: "name", head: "Component", cell: ({ name }) => name },
    { key: "weight", head: "Weight", align: "right", cell: ({ weight }) => String(weight) },
    {
      key: "scale",
      head: "Error budget left",
      width: 140,
      cell: ({ remaining, burnRate }) => (
        <LeewayScale budget={{ remaining, burnRate, evenPace: null, exhaustedAt: null }} now={now} />
      ),
    },
    { key: "left", head: "", align: "right", cell: (part) => formatRemaining(part) },
    { key: "burn", head: "Burn", align: "right", cell: ({ burnRate }) => burnText(burnRate) },
  ];
  return (
    <Panel title="Components" subtitle={modes[slo.definition.composite?.mode ?? "worst"]} flush>
      <DataTable
        label="Components"
        rows={slo.parts}
        columns={columns}
        rowKey={({ id }) => id}
        rowHref={({ name }) => sloHref(name)}
        density="compact"
      />
    </Panel>
  );
}
