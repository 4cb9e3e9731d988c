import { BarCell } from "#components/ui/bar-list.tsx";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { formatCount, plural } from "#components/ui/format.ts";
import { Link } from "#components/ui/link.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState, FailedState } from "#components/ui/states.tsx";
import { expectationOf, fieldName } from "#server/serve/protection/constants.ts";
import type {
  FieldContract,
  FieldViolations,
  ViolationKind,
  ViolationReport,
} from "#server/serve/protection/contract.ts";
import { endpointSettingsHref } from "./addresses.ts";

interface ViolationsPanelProps {
  endpoint: string;
  fields: FieldContract[];
  /** Undefined when it could not be read. */
  report: ViolationReport | undefined;
  /** "last 3 h" */
  rangeText: string;
}

const kinds: Record<ViolationKind, string> = {
  type: "wrong type",
  range: "out of range",
  level: "unknown value",
  missing: "missing",
  "not-finite": "NaN or infinite",
};

/** Charts violations of the input contract by field; renders nothing if an endpoint has no contract and no violations. */
export function ViolationsPanel({ endpoint, fields, report, rangeText }: ViolationsPanelProps) {
  if (fields.length === 0 && (report?.violations.length ?? 0) === 0) return null;
  const requests = report?.requests ?? 0;
  const total = ({ rejected, clipped, flagged }: FieldViolations) => rejected + clipped + flagged;
  const columns: Column<FieldViolations>[] = [
    { key: "field", head: "Field", cell: ({ field }) => field },
    { key: "kind", head: "Violations", cell: ({ kind }) => kinds[kind] },
    {
      key: "expects",
      head: "Current rule",
      cell: ({ field }) => {
        const contract = fields.find((each) => fieldName(each) === field);
        return contract ? expectationOf(contract) : <span className="lw-quiet">contract removed</span>;
      },
    },
    {
      key: "share",
      head: "Share of requests",
      cell: (row) => <BarCell value={requests > 0 ? Math.min(1, total(row) / requests) : 0} />,
    },
    { key: "rejected", head: "Rejected", align: "right", cell: ({ rejected }) => formatCount(rejected) },
    { key: "clipped", head: "Clipped", align: "right", cell: ({ clipped }) => formatCount(clipped) },
    { key: "flagged", head: "Flagged", align: "right", cell: ({ flagged }) => formatCount(flagged) },
  ];
  return (
    <Panel
      id="violations"
      title="Input contract"
      subtitle={`${plural(fields.length, "field")}; violations in the ${rangeText}`}
      right={<Link href={`${endpointSettingsHref(endpoint)}#contract`}>Edit…</Link>}
      flush
    >
      {report ? (
        <DataTable
          label="Input contract violations"
          density="dense"
          rows={report.violations}
          columns={columns}
          rowKey={({ field, kind }) => `${field} ${kind}`}
          empty={
            <EmptyState title="No violations">
              {requests > 0 ? `${plural(requests, "request")} conformed to it.` : "No requests received."}
            </EmptyState>
          }
        />
      ) : (
        <FailedState title="Could not load violations">
          Reload the page to retry. The other panels are unaffected.
        </FailedState>
      )}
    </Panel>
  );
}
