import { type Datatype, type Element, type InputValue, readElement } from "#components/serve/tensors/elements.ts";
import { formatCount, plural } from "#components/ui/format.ts";

/** Formats elements as text: numbers separated by commas, texts one per line. */
export function formatList(datatype: Datatype, data: readonly Element[]): string {
  return data.join(datatype === "BYTES" ? "\n" : ", ");
}

/**
 * Parses a list entered by the user; the size of the open dimension (null) results from the count.
 * @returns the value, or a sentence that names the invalid element or the count.
 */
export function readList(
  datatype: Datatype,
  shape: readonly (number | null)[],
  text: string,
): { value: InputValue } | { problem: string } {
  const parts = split(datatype, text);
  const data: Element[] = [];
  for (const [index, part] of parts.entries()) {
    const read = readElement(datatype, part);
    if ("problem" in read) return { problem: `Element ${index + 1}, "${part}": ${read.problem}` };
    data.push(read.element);
  }
  const known = shape.reduce<number>((product, size) => product * (size ?? 1), 1);
  if (!shape.includes(null)) {
    if (data.length === known) return { value: { shape: shape as number[], data } };
    return { problem: `Expected ${plural(known, "element")}; there ${are(data.length)}.` };
  }
  if (data.length === 0 || data.length % known !== 0) {
    const several = known === 1 ? "at least one element" : `a multiple of ${formatCount(known)} elements`;
    return { problem: `Expected ${several}; there ${are(data.length)}.` };
  }
  return { value: { shape: shape.map((size) => size ?? data.length / known), data } };
}

function split(datatype: Datatype, text: string): string[] {
  if (text.trim() === "") return [];
  if (datatype === "BYTES") return text.replace(/\n$/, "").split("\n");
  return text
    .trim()
    .split(/[\s,;]+/)
    .filter((part) => part !== "");
}

function are(count: number): string {
  return count === 1 ? "is 1" : `are ${formatCount(count)}`;
}
