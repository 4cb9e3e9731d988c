import protobuf from "protobufjs";
import { DomainError } from "#server/base/errors.ts";
import type { NewSpan } from "#server/develop/tracking/traces/contract.ts";

// The part of OpenTelemetry's protocol that is read, its field numbers included:
// https://github.com/open-telemetry/opentelemetry-proto/blob/v1.7.0/opentelemetry/proto/trace/v1/trace.proto
const { root } = protobuf.parse(
  `syntax = "proto3";
   message Request { repeated ResourceSpans resource_spans = 1; }
   message ResourceSpans { repeated ScopeSpans scope_spans = 2; }
   message ScopeSpans { repeated Span spans = 2; }
   message Span {
     bytes trace_id = 1; bytes span_id = 2; string trace_state = 3; bytes parent_span_id = 4; string name = 5; Kind kind = 6;
     fixed64 start_time_unix_nano = 7; fixed64 end_time_unix_nano = 8; repeated KeyValue attributes = 9;
     repeated Event events = 11; repeated Link links = 13; Status status = 15;
   }
   message Event { fixed64 time_unix_nano = 1; string name = 2; repeated KeyValue attributes = 3; }
   message Link { bytes trace_id = 1; bytes span_id = 2; string trace_state = 3; repeated KeyValue attributes = 4; }
   enum Kind {
     SPAN_KIND_UNSPECIFIED = 0; SPAN_KIND_INTERNAL = 1; SPAN_KIND_SERVER = 2; SPAN_KIND_CLIENT = 3; SPAN_KIND_PRODUCER = 4;
     SPAN_KIND_CONSUMER = 5;
   }
   message Status { string message = 2; Code code = 3; }
   enum Code { STATUS_CODE_UNSET = 0; STATUS_CODE_OK = 1; STATUS_CODE_ERROR = 2; }
   message KeyValue { string key = 1; AnyValue value = 2; }
   message AnyValue {
     oneof value {
       string string_value = 1; bool bool_value = 2; int64 int_value = 3; double double_value = 4; ArrayValue array_value = 5;
       KeyValueList kvlist_value = 6; bytes bytes_value = 7;
     }
   }
   message ArrayValue { repeated AnyValue values = 1; }
   message KeyValueList { repeated KeyValue values = 1; }`,
  { keepCase: true },
);
export const ExportRequest = root.lookupType("Request");

interface AnyValue {
  string_value?: string;
  bool_value?: boolean;
  int_value?: string;
  double_value?: number | string;
  array_value?: { values?: AnyValue[] };
  kvlist_value?: { values?: KeyValue[] };
  bytes_value?: string;
}
interface KeyValue {
  key?: string;
  value?: AnyValue;
}
interface Span {
  trace_id?: string;
  span_id?: string;
  parent_span_id?: string;
  name?: string;
  start_time_unix_nano?: string;
  end_time_unix_nano?: string;
  attributes?: KeyValue[];
  status?: { code?: string };
}
interface Request {
  resource_spans?: { scope_spans?: { spans?: Span[] }[] }[];
}

const statuses = { STATUS_CODE_OK: "OK", STATUS_CODE_ERROR: "ERROR" } as const;
const lastNanosecond = 2n ** 63n - 1n;

/** Reads an ExportTraceServiceRequest of OTLP (protobuf). @throws DomainError "invalid" */
export function decodeSpans(bytes: Uint8Array): NewSpan[] {
  const spans = (decode(bytes).resource_spans ?? []).flatMap(({ scope_spans = [] }) =>
    scope_spans.flatMap(({ spans = [] }) => spans),
  );
  return spans.map(toSpan);
}

function decode(bytes: Uint8Array): Request {
  try {
    return ExportRequest.toObject(ExportRequest.decode(bytes), {
      longs: String,
      bytes: String,
      enums: String,
      json: true,
    });
  } catch (cause) {
    throw new DomainError("invalid", "Invalid OpenTelemetry protobuf format", { cause });
  }
}

function toSpan(span: Span): NewSpan {
  const [traceId, id] = [hexOf(span.trace_id), hexOf(span.span_id)];
  if (!traceId || !id) throw new DomainError("invalid", "Invalid OpenTelemetry protobuf format: a span lacks its id.");
  const attributes = Object.fromEntries(
    (span.attributes ?? []).map(({ key = "", value }) => [key, asText(plain(value))]),
  );
  return {
    traceId: `tr-${traceId}`,
    id,
    parentId: hexOf(span.parent_span_id) || null,
    name: span.name ?? "",
    type: attributes["mlflow.spanType"] ?? "",
    status: statuses[span.status?.code as keyof typeof statuses] ?? "UNSET",
    startedAtNanoseconds: nanosecond(span.start_time_unix_nano),
    endedAtNanoseconds: nanosecond(span.end_time_unix_nano),
    attributes,
    content: span,
  };
}

function hexOf(base64 = ""): string {
  return Buffer.from(base64, "base64").toString("hex");
}

function nanosecond(text = "0"): bigint {
  const time = BigInt(text);
  if (time > lastNanosecond) throw new DomainError("invalid", `No span can be at ${text} nanoseconds since 1970.`);
  return time;
}

/** Converts a value to JSON. Integers beyond the range that JSON parsers hold exactly stay text. */
function plain(value: AnyValue = {}): unknown {
  if (value.string_value !== undefined) return value.string_value;
  if (value.bool_value !== undefined) return value.bool_value;
  if (value.int_value !== undefined) {
    const number = Number(value.int_value);
    return Number.isSafeInteger(number) ? number : value.int_value;
  }
  if (value.double_value !== undefined) return value.double_value;
  if (value.array_value) return (value.array_value.values ?? []).map(plain);
  if (value.kvlist_value) {
    return Object.fromEntries((value.kvlist_value.values ?? []).map(({ key = "", value }) => [key, plain(value)]));
  }
  return value.bytes_value ?? null;
}

function asText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
