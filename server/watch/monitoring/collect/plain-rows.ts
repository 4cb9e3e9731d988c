import type { Datatype } from "#server/develop/registry/onnx/contract.ts";
import { decodeBinary } from "#server/serve/protocol/binary.ts";
import type { InferRequest, InputPart } from "#server/serve/protocol/infer-request.ts";
import { elementCount, type Tensor } from "#server/serve/tensor/tensor.ts";
import type { GivenTensor } from "../features/contract.ts";
import type { SpanState } from "../state/contract.ts";
import { copyRows } from "./copy-rows.ts";
import { countRows } from "./count-rows.ts";
import type { PlannedTensor, RowPlan } from "./row-plan.ts";
import type { WatchedVersion } from "./watched-version.ts";

/** Values of a batch: few enough to stay in the processor's cache, and to be counted within one or two milliseconds. */
const maxValues = 65_536;
/** Maximum number of rows of a batch: larger batches make better use of the grids and bins fetched from memory once per batch. */
const maxRows = 1024;

/**
 * Rows in which all is there and is what it should be, which nearly all are: copied aside row by row, a nanosecond a value, and counted column by column when there are
 * many. What is anything else is a RowBatch's.
 */
export class PlainRows {
  rows = 0;
  readonly capacity: number;
  private readonly watched: WatchedVersion;
  private readonly plan: RowPlan;
  private readonly values: Float64Array;
  private readonly target: { values: Float64Array; first: number; step: number };
  private floats = new Float32Array(0);
  private floatBytes = new Uint8Array(0);
  /** Plan of each input of a request, in the order in which clients send them. */
  private readonly planned: ReadonlyMap<string, PlannedTensor>;
  private names: string[] = [];
  private order: (PlannedTensor | undefined)[] = [];
  private hasAll = false;

  constructor(watched: WatchedVersion, plan: RowPlan) {
    this.watched = watched;
    this.plan = plan;
    this.capacity = Math.max(8, Math.min(maxRows, Math.floor(maxValues / plan.width)));
    this.values = new Float64Array(plan.width * this.capacity);
    this.planned = new Map(plan.inputs.map((tensor) => [tensor.name, tensor]));
    this.target = { values: this.values, first: 0, step: plan.width };
  }

  /**
   * Takes the rows of a request.
   * @param rows at most the remaining capacity.
   * @returns false when it takes none of them, because a value is not plain
   */
  take({ inputs, tail }: InferRequest, outputs: readonly Tensor[], rows: number): boolean {
    const { plan, target, values } = this;
    const start = this.rows * plan.width;
    if (inputs.length !== this.names.length) this.learnOrder(inputs);
    let tailAt = 0;
    for (let at = 0; at < inputs.length; at++) {
      const part = inputs[at] as InputPart;
      if (part.name !== this.names[at]) this.learnOrder(inputs);
      if (!this.hasAll) return false;
      const { data, binarySize } = part;
      const tensor = this.order[at];
      if (tensor) {
        const first = start + tensor.offset;
        const only = tensor.isNumber && rows === 1 && Array.isArray(data) ? (data as unknown[])[0] : undefined;
        if (typeof only === "number") values[first] = tensor.isSingle ? Math.fround(only) : only;
        else {
          target.first = first;
          const isIncluded =
            binarySize === undefined
              ? copyRows(tensor, part as GivenTensor, rows, target)
              : this.copyBytes(tensor, part, tail.subarray(tailAt, tailAt + binarySize), rows);
          if (!isIncluded) return false;
        }
      }
      if (binarySize !== undefined) tailAt += binarySize;
    }
    for (const tensor of plan.outputs) {
      const given = lastNamed(outputs, tensor.name);
      target.first = start + tensor.offset;
      if (!given || !copyRows(tensor, given, rows, target)) return false;
    }
    this.rows += rows;
    return true;
  }

  /** Counts all rows, and is empty then. */
  count(state: SpanState): void {
    countRows(state, this.watched, this.plan, this.values, this.rows);
    this.rows = 0;
  }

  private copyBytes(tensor: PlannedTensor, { name, datatype, shape }: InputPart, bytes: Buffer, rows: number): boolean {
    const count = rows * tensor.width;
    if (datatype !== "FP32" || tensor.cells || bytes.length !== 4 * count) {
      const data = decodeBinary(name, datatype as Datatype, bytes, elementCount(shape));
      return copyRows(tensor, { datatype, data }, rows, this.target);
    }
    // Bytes may start at any offset; floats must be aligned.
    if (this.floats.length < count) {
      this.floats = new Float32Array(count);
      this.floatBytes = new Uint8Array(this.floats.buffer);
    }
    this.floatBytes.set(bytes);
    return copyRows(tensor, { datatype, data: this.floats }, rows, this.target);
  }

  private learnOrder(inputs: readonly InputPart[]): void {
    const { planned } = this;
    this.names = inputs.map(({ name }) => name);
    this.order = this.names.map((name) => planned.get(name));
    this.hasAll = new Set(this.order.filter((tensor) => tensor !== undefined)).size === planned.size;
  }
}

/** Returns the last output of that name: of a pipeline's output and the model's own, the later one counts. */
function lastNamed(outputs: readonly Tensor[], name: string): Tensor | undefined {
  for (let at = outputs.length - 1; at >= 0; at--) if (outputs[at]?.name === name) return outputs[at];
  return undefined;
}
