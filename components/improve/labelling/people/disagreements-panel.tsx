import { formatLabelValue } from "#components/improve/labelling/answers/describe-value.ts";
import { Thumb } from "#components/improve/labelling/shown/thumb.tsx";
import { DataTable } from "#components/ui/data-table.tsx";
import { formatCountOf, noValue, plural } from "#components/ui/format.ts";
import { Panel } from "#components/ui/panel.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { SegmentedLinks } from "#components/ui/tabs.tsx";
import type { AnnotatorHistory } from "#server/improve/labelling/annotators/contract.ts";
import type { ShownObject } from "#server/improve/labelling/contract.ts";

type Disagreement = AnnotatorHistory["disagreements"][number];

/** Whose labels a person differs from. */
const disagreementFilters = { all: "All", gold: "Gold", review: "Review", people: "People" } as const;

interface DisagreementsPanelProps {
  history: AnnotatorHistory;
  name: string;
  by: keyof typeof disagreementFilters;
  /** Address of the page. */
  href: string;
  objects: readonly ShownObject[];
  titles: Record<string, string>;
}

/** Lists what a person answered otherwise than it was settled, newest first. */
export function DisagreementsPanel({ history, name, by, href, objects, titles }: DisagreementsPanelProps) {
  const { disagreements, disagreementCount } = history;
  const hasPictures = objects.some(({ kind }) => kind === "image");
  return (
    <Panel
      title="Recent disagreements"
      subtitle={`newest first, ${formatCountOf(disagreements.length, disagreementCount)}`}
      right={
        <SegmentedLinks
          label="Disagreements with"
          items={Object.entries(disagreementFilters).map(([key, label]) => ({
            label,
            href: key === "all" ? href : `${href}?by=${key}`,
            current: key === by,
          }))}
        />
      }
      flush
    >
      <DataTable
        label="Recent disagreements"
        density="dense"
        rows={disagreements}
        rowKey={({ taskId }) => String(taskId)}
        columns={[
          {
            key: "item",
            head: "Item",
            cell: (one) => (hasPictures ? <Thumb task={{ ...one, id: one.taskId }} objects={objects} /> : one.item),
          },
          { key: "own", head: name, cell: ({ value }) => formatLabelValue(value, titles) },
          {
            key: "settled",
            head: "Settled as",
            cell: ({ settled }) => (settled ? <strong>{formatLabelValue(settled, titles)}</strong> : noValue),
          },
          { key: "by", head: "By", cell: describeBy },
          { key: "reason", head: "Reason", cell: ({ reason }) => (reason === "" ? noValue : `“${reason}”`) },
          { key: "at", head: "Time", cell: ({ at }) => <RelativeTime at={at} /> },
        ]}
        empty={
          <EmptyState title="No disagreements">
            Answers are compared with gold items, reviews and labels of at least two people.
          </EmptyState>
        }
      />
    </Panel>
  );
}

function describeBy({ by, people }: Disagreement): string {
  if (by === "gold") return "gold";
  if (by === "review") return "review";
  return people === null ? "people" : plural(people, "person", "people");
}
