import { annotatorHref } from "#components/improve/labelling/addresses.ts";
import { DataTable } from "#components/ui/data-table.tsx";
import { formatCount, formatCountOf, formatPercent, noValue, plural } from "#components/ui/format.ts";
import { formatDuration } from "#components/ui/format-time.ts";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import type { LabelAnnotator } from "#server/improve/labelling/annotators/contract.ts";
import { AnnotatorState } from "./annotator-state.tsx";

interface PeopleTableProps {
  project: { id: number; name: string; state?: string };
  people: LabelAnnotator[];
}

/** Lists the people of a project with how much and how well they label. */
export function PeopleTable({ project, people }: PeopleTableProps) {
  return (
    <DataTable
      label="Annotators"
      rows={people}
      rowKey={({ person }) => person}
      rowHref={({ person }) => annotatorHref(project, person)}
      columns={[
        { key: "name", head: "Annotator", cell: ({ name }) => name },
        { key: "state", head: "State", cell: (annotator) => <AnnotatorState annotator={annotator} /> },
        { key: "labels", head: "Labels", align: "right", cell: ({ answered }) => formatCount(answered) },
        {
          key: "agreement",
          head: "Agreement",
          align: "right",
          cell: ({ agreed, compared }) =>
            compared === 0
              ? noValue
              : `${formatPercent(agreed / compared, { decimals: 0 })}, ${formatCountOf(agreed, compared)}`,
        },
        {
          key: "gold",
          head: "Gold accuracy",
          align: "right",
          cell: ({ gold }) => (gold.seen === 0 ? noValue : formatCountOf(gold.correct, gold.seen)),
        },
        {
          key: "pace",
          head: "Median pace",
          align: "right",
          cell: ({ medianMs }) => (medianMs === null ? noValue : formatDuration(medianMs)),
        },
        {
          key: "cannot-tell",
          head: "Cannot tell",
          align: "right",
          cell: ({ answered, cannotTell }) => (answered === 0 ? noValue : formatPercent(cannotTell / answered)),
        },
        {
          key: "last",
          head: "Last label",
          align: "right",
          cell: ({ lastAnswerAt }) => (lastAnswerAt ? <RelativeTime at={lastAnswerAt} /> : noValue),
        },
      ]}
      empty={<EmptyState title="No annotators yet">People appear here with their first label.</EmptyState>}
      foot={<span>{plural(people.length, "annotator")}, last label first</span>}
    />
  );
}
