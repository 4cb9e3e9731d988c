import { expect, test } from "vitest";
import { decodeSpans, ExportRequest } from "./otlp.ts";

const ids = { trace_id: Buffer.from("ab".repeat(16), "hex"), span_id: Buffer.from("cd".repeat(8), "hex") };
const encode = (span: object) =>
  ExportRequest.encode(ExportRequest.fromObject({ resource_spans: [{ scope_spans: [{ spans: [span] }] }] })).finish();

test("decodes a span with hex IDs, nanosecond times and attributes of any type as text", () => {
  const list = { array_value: { values: [{ bool_value: true }, { double_value: 0.5 }, { int_value: 7 }] } };
  const map = { kvlist_value: { values: [{ key: "a", value: list }] } };
  const attributes = [
    { key: "mlflow.spanType", value: { string_value: "LLM" } },
    { key: "all", value: map },
    { key: "none", value: {} },
  ];
  const times = { start_time_unix_nano: "1795564042450083676", end_time_unix_nano: "1795564042568322273" };
  const [span] = decodeSpans(
    encode({ ...ids, ...times, name: "f", attributes, status: { code: "STATUS_CODE_ERROR" } }),
  );
  expect(span).toMatchObject({
    traceId: `tr-${"ab".repeat(16)}`,
    id: "cd".repeat(8),
    parentId: null,
    name: "f",
    type: "LLM",
    status: "ERROR",
    startedAtNanoseconds: 1795564042450083676n,
    endedAtNanoseconds: 1795564042568322273n,
    attributes: { all: '{"a":[true,0.5,7]}', none: "null" },
    content: { trace_id: ids.trace_id.toString("base64"), start_time_unix_nano: times.start_time_unix_nano },
  });
});

test("rejects invalid protobuf, spans without IDs and times out of range", () => {
  expect(decodeSpans(Buffer.alloc(0))).toEqual([]);
  expect(() => decodeSpans(Buffer.from("no protobuf"))).toThrow("Invalid OpenTelemetry protobuf format");
  expect(() => decodeSpans(encode({ name: "f" }))).toThrow("lacks its id");
  expect(() => decodeSpans(encode({ ...ids, end_time_unix_nano: "18446744073709551615" }))).toThrow(
    "No span can be at",
  );
});
