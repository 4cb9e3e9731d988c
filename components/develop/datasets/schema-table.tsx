import { DataTable } from "#components/ui/data-table.tsx";
import { plural } from "#components/ui/format.ts";
import type { DatasetVersion } from "#server/develop/datasets/contract.ts";

type Field = NonNullable<DatasetVersion["schema"]>[number];

const columns = [
  { key: "name", head: "Column", cell: (row: Field) => <code>{row.name}</code> },
  { key: "type", head: "Type", cell: (row: Field) => row.type },
  { key: "required", head: "Nullable", cell: (row: Field) => (row.required ? "no" : "yes") },
];

/** Lists the columns that a client reported; their values were not read. */
export function SchemaTable({ schema }: { schema: Field[] }) {
  const fields = schema.map((field, index) => ({ ...field, key: `${index} ${field.name}` }));
  return (
    <DataTable
      label="Columns"
      rows={fields}
      columns={columns}
      rowKey={(row) => row.key}
      density="compact"
      foot={<span>{plural(schema.length, "column")}</span>}
    />
  );
}
