import { DomainError } from "#server/base/errors.ts";
import { isProbabilities } from "../runner/constants.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { numbersOf } from "../tensor/tensor-numbers.ts";
import type { Target } from "./contract.ts";

/** Returns the default target: the likeliest class, else the first number. @throws DomainError "invalid" when nothing is a number */
export function defaultTarget(outputs: readonly Tensor[]): Target {
  const numeric = outputs.filter(({ datatype, data }) => datatype !== "BYTES" && data.length > 0);
  const rows = numeric.map((tensor) => ({ name: tensor.name, row: rowOf(tensor, 0) }));
  const [found] = [...rows.filter(({ row }) => isProbabilities(row)), ...rows];
  if (!found) throw new DomainError("invalid", "All outputs are text. Only numeric outputs can be explained.");
  const { name, row } = found;
  return { output: name, element: isProbabilities(row) ? row.indexOf(Math.max(...row)) : 0 };
}

/** Returns the explained number of each row. @throws DomainError "invalid" when the output has no such number */
export function targetOf(outputs: readonly Tensor[], { output, element }: Target): number[] {
  const tensor = outputs.find(({ name }) => name === output);
  if (!tensor || tensor.datatype === "BYTES") {
    throw new DomainError("invalid", `Output '${output}' is not numeric. Choose another one.`);
  }
  const rows = tensor.shape[0] ?? 1;
  return Array.from({ length: rows }, (_, row) => {
    const value = rowOf(tensor, row)[element];
    if (value === undefined) throw new DomainError("invalid", `The output '${output}' has no element ${element}.`);
    if (!Number.isFinite(value)) {
      throw new DomainError(
        "invalid",
        `The version returns ${value} for a perturbed input, which cannot be explained.`,
      );
    }
    return value;
  });
}

function rowOf(tensor: Tensor, row: number): number[] {
  const width = tensor.data.length / Math.max(1, tensor.shape[0] ?? 1);
  return numbersOf(tensor, row * width, (row + 1) * width);
}
