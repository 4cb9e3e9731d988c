import type { TensorSpec } from "#server/develop/registry/onnx/contract.ts";
import type { InferRequest, InputPart } from "../protocol/infer-request.ts";
import type { FieldContract, FieldPolicy } from "./contract.ts";
import { type Violation, violationOf } from "./violation.ts";

const deepestNesting = 32;

interface Filled {
  request: InferRequest;
  violations: Violation[];
}

/**
 * Finds what is missing in a request by the contract of the fields: inputs that did not come, and `null` in their JSON, which
 * no tensor can hold. Where the policy allows, a `null` becomes the fallback or NaN; whatever stays is refused when it is read.
 */
export function fillGaps(
  request: InferRequest,
  specs: readonly TensorSpec[],
  fields: readonly FieldContract[],
): Filled {
  const violations: Violation[] = [];
  const given = new Set(request.inputs.map(({ name }) => name));
  for (const field of fields) {
    const isOfModel = specs.some(({ name }) => name === field.input);
    if (!isOfModel || given.has(field.input)) continue;
    // Without the input there is no shape to fill.
    violations.push(violationOf(field, { kind: "missing", policy: "reject", got: "nothing" }));
  }
  const inputs = request.inputs.map((part) => {
    const own = fields.filter(({ input }) => input === part.name);
    return own.length > 0 && Array.isArray(part.data) ? fillPart(part, own, violations) : part;
  });
  return { request: { ...request, inputs }, violations };
}

function fillPart(part: InputPart, fields: FieldContract[], violations: Violation[]): InputPart {
  const elements = (part.data as unknown[]).flat(deepestNesting);
  if (!elements.includes(null)) return part;
  const width = Math.max(1, part.shape.at(-1) ?? 1);
  const noted = new Set<FieldContract>();
  const data = elements.map((element, index) => {
    if (element !== null) return element;
    const field = fields.find(({ column }) => column === null || column === index % width);
    if (!field) return element;
    const { policy, value } = replacement(field, part.datatype);
    if (!noted.has(field)) {
      const location = `, row ${Math.floor(index / width)}`;
      violations.push(violationOf(field, { kind: "missing", policy, got: "null", location }));
    }
    noted.add(field);
    return value;
  });
  return { ...part, data };
}

/** Returns the replacement for a missing value. Only floating-point numbers have NaN for "not known"; other types have no value to flag. */
function replacement(field: FieldContract, datatype: string): { policy: FieldPolicy; value: unknown } {
  if (field.onMissing === "clip") return { policy: "clip", value: field.fallback };
  const canBeUnknown = datatype === "FP32" || datatype === "FP64" || datatype === "BYTES";
  if (field.onMissing === "reject" || !canBeUnknown) return { policy: "reject", value: null };
  return { policy: "flag", value: datatype === "BYTES" ? "" : "NaN" };
}
