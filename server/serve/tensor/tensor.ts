import type { Datatype } from "#server/develop/registry/onnx/contract.ts";

export type NumericData =
  | Uint8Array<ArrayBuffer>
  | Uint16Array<ArrayBuffer>
  | Uint32Array<ArrayBuffer>
  | BigUint64Array<ArrayBuffer>
  | Int8Array<ArrayBuffer>
  | Int16Array<ArrayBuffer>
  | Int32Array<ArrayBuffer>
  | BigInt64Array<ArrayBuffer>
  | Float32Array<ArrayBuffer>
  | Float64Array<ArrayBuffer>;

/** Row-major elements. BOOL is 0 or 1; FP16 is raw bits; BYTES is text, since ONNX Runtime's binding takes strings. */
export type TensorData = NumericData | string[];

export interface Tensor {
  name: string;
  datatype: Datatype;
  /** Concrete dimensions. */
  shape: number[];
  data: TensorData;
}

interface TensorType {
  /** Bytes per element; 0 for text, which has none. */
  bytes: number;
  /** Name of the type in onnxruntime-node. */
  runtimeName: string;
  allocate(length: number): TensorData;
  /** Views bytes as elements; undefined for text. */
  view?: (buffer: ArrayBuffer) => NumericData;
}

/** The thirteen datatypes of the Open Inference Protocol in JavaScript and in ONNX Runtime. */
export const tensorTypes: Record<Datatype, TensorType> = {
  BOOL: { bytes: 1, runtimeName: "bool", allocate: (n) => new Uint8Array(n), view: (b) => new Uint8Array(b) },
  UINT8: { bytes: 1, runtimeName: "uint8", allocate: (n) => new Uint8Array(n), view: (b) => new Uint8Array(b) },
  UINT16: { bytes: 2, runtimeName: "uint16", allocate: (n) => new Uint16Array(n), view: (b) => new Uint16Array(b) },
  UINT32: { bytes: 4, runtimeName: "uint32", allocate: (n) => new Uint32Array(n), view: (b) => new Uint32Array(b) },
  UINT64: {
    bytes: 8,
    runtimeName: "uint64",
    allocate: (n) => new BigUint64Array(n),
    view: (b) => new BigUint64Array(b),
  },
  INT8: { bytes: 1, runtimeName: "int8", allocate: (n) => new Int8Array(n), view: (b) => new Int8Array(b) },
  INT16: { bytes: 2, runtimeName: "int16", allocate: (n) => new Int16Array(n), view: (b) => new Int16Array(b) },
  INT32: { bytes: 4, runtimeName: "int32", allocate: (n) => new Int32Array(n), view: (b) => new Int32Array(b) },
  INT64: { bytes: 8, runtimeName: "int64", allocate: (n) => new BigInt64Array(n), view: (b) => new BigInt64Array(b) },
  FP16: { bytes: 2, runtimeName: "float16", allocate: (n) => new Uint16Array(n), view: (b) => new Uint16Array(b) },
  FP32: { bytes: 4, runtimeName: "float32", allocate: (n) => new Float32Array(n), view: (b) => new Float32Array(b) },
  FP64: { bytes: 8, runtimeName: "float64", allocate: (n) => new Float64Array(n), view: (b) => new Float64Array(b) },
  BYTES: { bytes: 0, runtimeName: "string", allocate: (n) => new Array<string>(n).fill("") },
};

/** Computes the product of the dimensions; 1 for a scalar. */
export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, dimension) => product * dimension, 1);
}

/** Returns the rows of a request: the first dimension of its first input, at least 1. */
export function rowCount(tensors: readonly Tensor[]): number {
  return Math.max(1, tensors[0]?.shape[0] ?? 1);
}
