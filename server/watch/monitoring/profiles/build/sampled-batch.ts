import type { Given, GivenTensor } from "../../features/contract.ts";
import type { SampledRow } from "./row-sample.ts";

/** Joins the rows of a sample into one batch. Outputs are present if every row has them. */
export function batchOf(rows: readonly SampledRow[]): Given {
  const outputs = rows.map((row) => row.outputs);
  return {
    rows: rows.length,
    inputs: joined(rows.map((row) => row.inputs)),
    ...(outputs.every((list) => list !== undefined) && { outputs: joined(outputs) }),
  };
}

function joined(rows: readonly (readonly GivenTensor[])[]): GivenTensor[] {
  return (rows[0] ?? []).map(({ name, datatype }) => ({
    name,
    datatype,
    data: rows.flatMap((row) => Array.from(row.find((tensor) => tensor.name === name)?.data ?? [])),
  }));
}
