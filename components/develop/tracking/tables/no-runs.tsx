import { Button } from "@mantine/core";
import { formatCountOf, plural } from "#components/ui/format.ts";
import { Link } from "#components/ui/link.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import type { RunTable } from "#server/develop/tracking/tables/contract.ts";
import type { RunView } from "../views/run-view.ts";

interface NoRunsProps {
  /** Undefined when the filter cannot be read. */
  table: Pick<RunTable, "found"> | undefined;
  view: RunView;
  total: number;
  /** The address of the first page. */
  first: string;
  onClear: () => void;
}

/** Explains why a table of runs has no rows. */
export function NoRuns({ table, view, total, first, onClear }: NoRunsProps) {
  if (!table) return <EmptyState title="Invalid filter">See the filter bar above for the error.</EmptyState>;
  if (table.found > 0) {
    return (
      <EmptyState title="Page not found" action={<Link href={first}>Go to first page</Link>}>
        There are only {plural(table.found, "run")}.
      </EmptyState>
    );
  }
  if (view.isTrash && !view.q)
    return <EmptyState title="No deleted runs">Deleted runs stay here until the trash is emptied.</EmptyState>;
  if (!view.q) return <EmptyState title="No runs">All runs of this experiment are in the trash.</EmptyState>;
  return (
    <EmptyState
      title={
        view.isTrash
          ? "No deleted runs match"
          : `${formatCountOf(0, total)} ${total === 1 ? "run matches" : "runs match"}`
      }
      action={
        <Button variant="default" size="xs" onClick={onClear}>
          Clear the filter
        </Button>
      }
    >
      The filter is <code>{view.q}</code>
    </EmptyState>
  );
}
