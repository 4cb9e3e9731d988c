import { DomainError } from "#server/errors.ts";
import { type ByteSource, type Field, fieldsOf, textOf } from "./protobuf.ts";

/** Which fields of a message of onnx.proto lead to tensors. "tensor" is where the search ends. */
const ways = {
  graph: { 1: "node", 5: "tensor", 15: "sparse" },
  function: { 7: "node" },
  node: { 5: "attribute" },
  attribute: { 5: "tensor", 6: "graph", 10: "tensor", 11: "graph", 22: "sparse", 23: "sparse" },
  sparse: { 1: "tensor", 2: "tensor" },
} as const satisfies Record<string, Record<number, string>>;
type Message = keyof typeof ways;

const maxDepth = 100;

/**
 * Adds the files in which tensors of a graph or function lie, those of nested graphs included.
 * @throws DomainError "invalid" for a path that leaves the model's folder.
 */
export function findExternalFiles(
  source: ByteSource,
  field: Field,
  message: Message,
  found: Set<string>,
  depth = 0,
): void {
  if (depth > maxDepth) throw new DomainError("invalid", `The model nests graphs more than ${maxDepth} levels deep.`);
  const next: Record<number, Message | "tensor"> = ways[message];
  for (const part of fieldsOf(source, field.start, field.end)) {
    const kind = next[part.number];
    if (!kind || part.wireType !== 2) continue;
    if (kind !== "tensor") findExternalFiles(source, part, kind, found, depth + 1);
    else addLocation(source, part, found);
  }
}

/** TensorProto: 13 holds key and value pairs, 14 says whether they count. */
function addLocation(source: ByteSource, tensor: Field, found: Set<string>): void {
  let location = "";
  let isExternal = false;
  for (const part of fieldsOf(source, tensor.start, tensor.end)) {
    if (part.number === 13) location = readLocation(source, part) ?? location;
    if (part.number === 14) isExternal = part.value === 1;
  }
  if (isExternal) found.add(insideFolder(location));
}

function readLocation(source: ByteSource, pair: Field): string | undefined {
  let isLocation = false;
  let value = "";
  for (const part of fieldsOf(source, pair.start, pair.end)) {
    if (part.number === 1) isLocation = textOf(source, part) === "location";
    if (part.number === 2) value = textOf(source, part);
  }
  return isLocation ? value : undefined;
}

function insideFolder(location: string): string {
  const segments = location.split("/").filter((segment) => segment !== ".");
  const leaves = segments.some((segment) => segment === "" || segment === "..");
  if (leaves || location.includes("\\") || location.includes("\0")) {
    throw new DomainError("invalid", `The model wants weights from "${location}", which is not inside its own folder.`);
  }
  return segments.join("/");
}
