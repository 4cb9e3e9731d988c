import type { ReactNode } from "react";
import { DataTable } from "#components/ui/data-table.tsx";
import { formatCount, noValue } from "#components/ui/format.ts";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import type { RetrainingPolicyDetails } from "#server/improve/retraining/policies/contract.ts";
import { policyHref } from "./addresses.ts";
import { describePolicy, policyState } from "./policy-text.ts";

interface PoliciesTableProps {
  policies: readonly RetrainingPolicyDetails[];
  now: number;
  empty: ReactNode;
}

/** Lists retraining policies: what each does now, and what its cycles came to. */
export function PoliciesTable({ policies, now, empty }: PoliciesTableProps) {
  return (
    <DataTable
      label="Retraining policies"
      rows={policies}
      rowKey={({ id }) => id}
      rowHref={({ model }) => policyHref(model)}
      empty={empty}
      columns={[
        { key: "model", head: "Model", cell: ({ model }) => model },
        { key: "endpoint", head: "Endpoint", cell: ({ endpoint }) => endpoint.name },
        {
          key: "state",
          head: "State",
          cell: (policy) => {
            const { state, word } = policyState(policy);
            return <StatusBadge state={state}>{word}</StatusBadge>;
          },
        },
        { key: "why", head: "Last decision", width: 260, isText: true, cell: (policy) => describePolicy(policy, now) },
        { key: "cycles", head: "Cycles", align: "right", cell: ({ counts }) => formatCount(counts.cycles) },
        { key: "adopted", head: "Adopted", align: "right", cell: ({ counts }) => formatCount(counts.adopted) },
        { key: "rejected", head: "Rejected", align: "right", cell: ({ counts }) => formatCount(counts.rejected) },
        { key: "owner", head: "Owner", cell: ({ owner }) => owner?.name ?? noValue },
        {
          key: "looked",
          head: "Checked",
          align: "right",
          cell: ({ lookedAt }) => (lookedAt ? <RelativeTime at={lookedAt} /> : noValue),
        },
      ]}
    />
  );
}
