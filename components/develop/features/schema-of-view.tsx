import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { noValue, plural } from "#components/ui/format.ts";
import type { FeatureRules, ViewVersion } from "#server/develop/features/contract.ts";

interface FeatureRow {
  name: string;
  type: string;
  contract: string;
}

const columns: Column<FeatureRow>[] = [
  { key: "name", head: "Feature", cell: (row) => <code>{row.name}</code> },
  { key: "type", head: "Type", cell: (row) => row.type },
  { key: "contract", head: "Contract", cell: (row) => row.contract || noValue },
];

/** Lists the features of a version with their rules, and its expressions. */
export function SchemaOfView({ version }: { version: ViewVersion }) {
  const rows = [
    ...version.features.map(({ name, type, rules }) => ({ name, type, contract: rules ? rulesText(rules) : "" })),
    ...version.expressions.map(({ name, type, at, cel }) => ({ name, type, contract: `at ${at}: ${cel}` })),
  ];
  return (
    <DataTable
      label="Features"
      rows={rows}
      columns={columns}
      rowKey={(row) => row.name}
      density="compact"
      foot={<span>{plural(rows.length, "feature")}</span>}
    />
  );
}

function rulesText({ nullable, min, max, levels }: FeatureRules): string {
  const parts = [
    nullable ? "" : "required",
    min === null ? "" : `at least ${min}`,
    max === null ? "" : `at most ${max}`,
    levels === null ? "" : `one of ${levels.join(", ")}`,
  ];
  return parts.filter(Boolean).join(", ");
}
