import type { LoggedTensor } from "../protocol/contract.ts";
import type { OutputDifference } from "./contract.ts";

type Element = NonNullable<LoggedTensor["data"]>[number];

/** Compares each logged output with the current one, current outputs first. Numbers are the same when they are equal to the last bit. */
export function compareOutputs(then: readonly LoggedTensor[], now: readonly LoggedTensor[]): OutputDifference[] {
  const removed = then.filter(({ name }) => !now.some((output) => output.name === name));
  const nothing = { elements: 0, differing: 0, maxDifference: null };
  return [
    ...now.map((output) => {
      const before = then.find(({ name }) => name === output.name);
      return before ? compare(before, output) : { name: output.name, kind: "only-now" as const, ...nothing };
    }),
    ...removed.map(({ name }) => ({ name, kind: "only-then" as const, ...nothing })),
  ];
}

function compare(then: LoggedTensor, now: LoggedTensor): OutputDifference {
  const { name } = now;
  const nothing = { name, elements: 0, differing: 0, maxDifference: null };
  if (then.shape.join() !== now.shape.join() || then.datatype !== now.datatype) return { ...nothing, kind: "shape" };
  if (!then.data || !now.data) return { ...nothing, kind: "not-kept" };
  let [differing, maxDifference]: [number, number | null] = [0, null];
  for (const [index, value] of now.data.entries()) {
    const apart = distance(then.data[index], value);
    if (apart !== 0) differing += 1;
    if (apart !== undefined) maxDifference = Math.max(maxDifference ?? 0, apart);
  }
  return { name, kind: differing === 0 ? "same" : "different", elements: now.data.length, differing, maxDifference };
}

/** Returns 0 for equal elements, undefined for different ones without a distance, such as texts; at most the largest number. */
function distance(a: Element | undefined, b: Element): number | undefined {
  if (a === b) return 0;
  return typeof a === "number" && typeof b === "number" ? Math.min(Math.abs(a - b), Number.MAX_VALUE) : undefined;
}
