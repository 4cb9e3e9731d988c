import { DomainError } from "#server/base/errors.ts";
import { type ByteSource, type Field, fieldsOf } from "./protobuf.ts";

/** Fields of the messages of onnx.proto that lead to nodes, tensors and lists of numbers. The last two are leaves. */
const ways = {
  graph: { 1: "node", 5: "tensor", 15: "sparse" },
  function: { 7: "node" },
  node: { 5: "attribute" },
  attribute: { 5: "tensor", 6: "graph", 7: "floats", 10: "tensor", 11: "graph", 22: "sparse", 23: "sparse" },
  sparse: { 1: "tensor", 2: "tensor" },
} as const satisfies Record<string, Record<number, string>>;
type Message = keyof typeof ways;
type Stop = Message | "tensor" | "floats";

/** Callbacks for the parts of a graph during a walk. */
export type Visitor = { readonly [Kind in "node" | "tensor" | "floats"]?: (field: Field) => void };

const maxDepth = 100;

/**
 * Walks the nodes and tensors of a graph or function, those of nested graphs included. Contents are not read.
 * @throws DomainError "invalid" for graphs that are nested too deep to be meant.
 */
export function walkGraph(source: ByteSource, field: Field, message: Message, visitor: Visitor, depth = 0): void {
  if (depth > maxDepth)
    throw new DomainError("invalid", `The model has graphs nested more than ${maxDepth} levels deep.`);
  if (message === "node") visitor.node?.(field);
  const next: Record<number, Stop> = ways[message];
  for (const part of fieldsOf(source, field.start, field.end)) {
    const kind = next[part.number];
    if (kind === "floats") visitor.floats?.(part);
    else if (!kind || part.wireType !== 2) continue;
    else if (kind === "tensor") visitor.tensor?.(part);
    else walkGraph(source, part, kind, visitor, depth + 1);
  }
}
