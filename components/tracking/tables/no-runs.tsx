import Link from "next/link";
import { plural } from "#components/ui/format.ts";
import { EmptyState } from "#components/ui/states.tsx";
import type { RunTable } from "#server/tracking/tables/contract.ts";
import type { RunView } from "../views/run-view.ts";

interface NoRunsProps {
  /** Undefined when the filter cannot be read. */
  table: RunTable | undefined;
  view: RunView;
  total: number;
  /** The address of the first page. */
  first: string;
}

/** Why a table of runs has no rows. */
export function NoRuns({ table, view, total, first }: NoRunsProps) {
  if (!table) return <EmptyState title="The filter cannot be read">The bar above says which part.</EmptyState>;
  if (table.found > 0) {
    return (
      <EmptyState title="There is no such page" action={<Link href={first}>To the first page</Link>}>
        {plural(table.found, "run")} fit on fewer.
      </EmptyState>
    );
  }
  if (view.isTrash && !view.q)
    return (
      <EmptyState title="No run is deleted">Runs that are deleted stay here until the trash is emptied.</EmptyState>
    );
  return (
    <EmptyState title="No run satisfies the filter">
      {!view.isTrash && `${plural(total, "run")} without it.`}
    </EmptyState>
  );
}
