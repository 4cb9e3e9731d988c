import protobuf from "protobufjs";

// The parts of tensorflow/core/util/event.proto, framework/summary.proto, framework/tensor.proto and of TensorBoard's
// plugins/hparams/plugin_data.proto that are read, their field numbers included.
const { root } = protobuf.parse(
  `syntax = "proto3";
   message Event { double wall_time = 1; int64 step = 2; Summary summary = 5; }
   message Summary { repeated Value value = 1; }
   message Value {
     string tag = 1; SummaryMetadata metadata = 9;
     oneof value { float simple_value = 2; bytes image = 4; bytes histo = 5; bytes audio = 6; Tensor tensor = 8; }
   }
   message SummaryMetadata { PluginData plugin_data = 1; }
   message PluginData { string plugin_name = 1; bytes content = 2; }
   message Tensor {
     int32 dtype = 1; TensorShape tensor_shape = 2; bytes tensor_content = 4; repeated float float_val = 5; repeated double double_val = 6;
     repeated int32 int_val = 7; repeated int64 int64_val = 10; repeated bool bool_val = 11;
   }
   message TensorShape { repeated Dim dim = 2; }
   message Dim { int64 size = 1; }
   message HParams { SessionStart session_start_info = 3; SessionEnd session_end_info = 4; }
   message SessionStart { map<string, Setting> hparams = 1; }
   message SessionEnd { int32 status = 1; }
   message Setting { oneof kind { double number_value = 2; string string_value = 3; bool bool_value = 4; } }`,
  { keepCase: true },
);
const EventMessage = root.lookupType("Event");
const HParamsMessage = root.lookupType("HParams");

interface Tensor {
  dtype?: number;
  tensor_shape?: { dim?: { size?: number }[] };
  tensor_content?: Uint8Array;
  float_val?: number[];
  double_val?: number[];
  int_val?: number[];
  int64_val?: number[];
  bool_val?: boolean[];
}
interface Value {
  tag?: string;
  metadata?: { plugin_data?: { plugin_name?: string; content?: Uint8Array } };
  simple_value?: number;
  tensor?: Tensor;
  [other: string]: unknown;
}

/** Content of one record. */
export interface TensorBoardEvent {
  /** Milliseconds since 1970. */
  at: number;
  step: number;
  scalars: { tag: string; value: number }[];
  /** Tags of what is no scalar: pictures, histograms, texts. */
  others: string[];
  params: { key: string; value: string }[];
  /** Final status of the run, if recorded. */
  outcome: "FINISHED" | "FAILED" | undefined;
}

/** Reads one record; undefined for what is no event. */
export function readEvent(record: Uint8Array): TensorBoardEvent | undefined {
  try {
    const event = EventMessage.toObject(EventMessage.decode(record), { longs: Number, json: false }) as {
      wall_time?: number;
      step?: number;
      summary?: { value?: Value[] };
    };
    const parsedEvent: TensorBoardEvent = {
      at: Math.round((event.wall_time ?? 0) * 1000),
      step: event.step ?? 0,
      scalars: [],
      others: [],
      params: [],
      outcome: undefined,
    };
    for (const value of event.summary?.value ?? []) readValue(value, parsedEvent);
    return parsedEvent;
  } catch {
    return undefined;
  }
}

function readValue(value: Value, parsedEvent: TensorBoardEvent): void {
  const tag = value.tag ?? "";
  const plugin = value.metadata?.plugin_data;
  if (plugin?.plugin_name === "hparams") {
    readHParams(plugin.content ?? new Uint8Array(), parsedEvent);
    return;
  }
  const number = value.simple_value ?? (value.tensor && scalarOf(value.tensor));
  if (number === undefined) parsedEvent.others.push(tag);
  else parsedEvent.scalars.push({ tag, value: number });
}

function readHParams(content: Uint8Array, parsedEvent: TensorBoardEvent): void {
  const { session_start_info: start, session_end_info: end } = HParamsMessage.toObject(
    HParamsMessage.decode(content),
  ) as {
    session_start_info?: {
      hparams?: Record<string, { number_value?: number; string_value?: string; bool_value?: boolean }>;
    };
    session_end_info?: { status?: number };
  };
  for (const [key, setting] of Object.entries(start?.hparams ?? {})) {
    const value = setting.string_value ?? setting.number_value ?? setting.bool_value;
    if (value !== undefined) parsedEvent.params.push({ key, value: String(value) });
  }
  if (end) parsedEvent.outcome = end.status === 2 ? "FAILED" : "FINISHED";
}

/** Readers of one number in bytes, by TensorFlow's number of the type: tensorflow/core/framework/types.proto. */
const readers: Record<number, (view: DataView) => number> = {
  1: (view) => view.getFloat32(0, true),
  2: (view) => view.getFloat64(0, true),
  3: (view) => view.getInt32(0, true),
  4: (view) => view.getUint8(0),
  5: (view) => view.getInt16(0, true),
  6: (view) => view.getInt8(0),
  9: (view) => Number(view.getBigInt64(0, true)),
  10: (view) => view.getUint8(0),
  19: (view) => view.getFloat16(0, true),
  22: (view) => view.getUint32(0, true),
};

/** Returns the value of a tensor with exactly one element. */
function scalarOf(tensor: Tensor): number | undefined {
  const count = (tensor.tensor_shape?.dim ?? []).reduce((product, { size = 0 }) => product * size, 1);
  if (count !== 1) return undefined;
  const given = tensor.float_val ?? tensor.double_val ?? tensor.int_val ?? tensor.int64_val ?? tensor.bool_val;
  if (given?.length === 1) return Number(given[0]);
  const content = tensor.tensor_content;
  const read = readers[tensor.dtype ?? 0];
  if (!content || content.length === 0 || !read) return undefined;
  return read(new DataView(content.buffer, content.byteOffset, content.byteLength));
}
