import type { ShownObject } from "#server/improve/labelling/contract.ts";

interface Fields {
  data: Record<string, unknown>;
  hiddenFields: readonly string[];
}

/** Puts a field that was hidden where it belongs: a thing of its own, or a column of the row that the task shows. */
export function withShownField<Task extends Fields>(
  task: Task,
  objects: readonly ShownObject[],
  { field, value }: { field: string; value: unknown },
): Task {
  const hiddenFields = task.hiddenFields.filter((name) => name !== field);
  const row = objects.find(({ kind }) => kind === "row");
  const isOwn = objects.some((object) => object.field === field);
  const columns = row && !isOwn ? task.data[row.field] : undefined;
  const data =
    row && typeof columns === "object" && columns !== null
      ? { ...task.data, [row.field]: { ...columns, [field]: value } }
      : { ...task.data, [field]: value };
  return { ...task, data, hiddenFields };
}

/** Returns the hidden fields that are columns of the row: those that are no thing of their own. */
export function hiddenColumns(hiddenFields: readonly string[], objects: readonly ShownObject[]): string[] {
  return hiddenFields.filter((field) => !objects.some((object) => object.field === field));
}
