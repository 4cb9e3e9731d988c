import { DataTable } from "#components/ui/data-table.tsx";
import { Keys } from "#components/ui/key-hint.tsx";
import { Panel } from "#components/ui/panel.tsx";
import type { SpanValue } from "#server/improve/labelling/contract.ts";
import { sliceCodePoints } from "./code-points.ts";

interface SpanTableProps {
  text: string;
  spans: readonly SpanValue[];
  selected: number | null;
  titleOf: (label: string) => string;
}

/** Lists the spans of an answer by class and words, in the order of the text. */
export function SpanTable({ text, spans, selected, titleOf }: SpanTableProps) {
  const rows = spans.map((span, index) => ({ ...span, index }));
  return (
    <Panel title="Spans" subtitle="in text order; may overlap" flush>
      <DataTable
        label="Spans"
        density="dense"
        rows={rows}
        rowKey={({ index }) => String(index)}
        current={selected === null ? undefined : String(selected)}
        columns={[
          { key: "label", head: "Label", cell: ({ label }) => <strong>{titleOf(label)}</strong> },
          { key: "text", head: "Text", cell: ({ start, end }) => sliceCodePoints(text, start, end) },
          { key: "place", head: "From, to", align: "right", cell: ({ start, end }) => `${start}, ${end}` },
          {
            key: "keys",
            head: <span className="lw-hidden">Keys</span>,
            cell: ({ index }) =>
              index === selected && (
                <span className="lw-small lw-quiet">
                  <Keys keys={["⇧ →"]} /> longer <Keys keys={["⌥ ←"]} /> shorter
                </span>
              ),
          },
        ]}
      />
    </Panel>
  );
}
