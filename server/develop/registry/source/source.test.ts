import { expect, test } from "vitest";
import { parseSource } from "./source.ts";

test.each([
  ["models:/m-0a1b", { kind: "logged-model", loggedModelId: "m-0a1b" }],
  ["models:/digits/3", { kind: "version", name: "digits", version: 3 }],
  ["models:/m-digits/3", { kind: "version", name: "m-digits", version: 3 }],
  ["models:/flight delay@champion", { kind: "alias", name: "flight delay", alias: "champion" }],
  ["runs:/abc/model/onnx", { kind: "run", runId: "abc", path: "model/onnx" }],
  ["runs:/abc", { kind: "run", runId: "abc", path: "" }],
  ["mlflow-artifacts:/1/abc/artifacts/model", { kind: "artifacts", path: "/1/abc/artifacts/model" }],
  ["mlflow-artifacts:/models/foo///bar", { kind: "artifacts", path: "/models/foo///bar" }],
  ["mlflow-artifacts://other:5000/1/abc", { kind: "foreign" }],
  ["mlflow-artifacts://localhost:9000/models/artifact/..../", { kind: "foreign" }],
  ["s3://bucket/path?versionId=1", { kind: "foreign" }],
])("parses %s", (source, parsed) => {
  expect(parseSource(source)).toEqual(parsed);
});

test.each(["/etc/passwd", "relative/path", "file:///etc/passwd", "FILE:/etc/passwd", ""])(
  "rejects the local path %j",
  (source) => {
    expect(() => parseSource(source)).toThrow("To use a local path as a model version source");
  },
);

test.each([
  "s3://b/../p",
  "s3://b/..",
  "http://localhost/models/../../../",
  "mlflow-artifacts:/models/..%2f..%2fartifacts",
  "mlflow-artifacts:/models/%252e%252e/x",
  "mlflow-artifacts:/models/artifact%00",
  "mlflow-artifacts:..",
  "runs:/abc/../def",
])("rejects path traversal in %s", (source) => {
  expect(() => parseSource(source)).toThrow("without relative path references");
});

test.each(["models:/digits", "models:/", "models:/digits/latest/x"])("rejects %s without a version", (source) => {
  expect(() => parseSource(source)).toThrow("models:/<name>/<version>");
});
