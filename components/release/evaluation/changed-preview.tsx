import type { ReactNode } from "react";
import { DataTable } from "#components/ui/data-table.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { SegmentedLinks, type TabItem } from "#components/ui/tabs.tsx";
import type { ChangedRowsPage } from "#server/release/evaluation/contract.ts";
import { changedColumns } from "./rows-panel.tsx";

interface ChangedPreviewProps {
  rows: ChangedRowsPage["rows"];
  version: number;
  base: number;
  /** Class whose probability the score is; undefined where it is that of the prediction. */
  scoreOf: string | undefined;
  /** Gained, lost and other, with their counts. */
  filters: TabItem[];
  more: ReactNode;
}

/** Renders the first of the rows that changed, highest confidence first. */
export function ChangedPreview({ rows, version, base, scoreOf, filters, more }: ChangedPreviewProps) {
  return (
    <Panel
      title="Changed rows"
      subtitle={scoreOf === undefined ? "highest confidence first" : `score: probability of ${scoreOf}`}
      right={<SegmentedLinks label="Change" items={filters} />}
      flush
    >
      <DataTable
        label="Changed rows"
        rows={rows}
        columns={changedColumns(version, base)}
        rowKey={({ row }) => String(row)}
        density="dense"
        empty={<EmptyState title="No such rows">No row of the set changed like this.</EmptyState>}
        foot={more || undefined}
      />
    </Panel>
  );
}
