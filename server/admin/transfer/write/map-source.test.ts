import { expect, test } from "vitest";
import { locateVersion } from "./map-source.ts";

const run = "0123456789abcdef0123456789abcdef";

test("resolves files of runs from every kind of URI that contains the run", () => {
  for (const root of ["mlflow-artifacts:/1", "s3://bucket/a/1", "file:///home/x/mlruns/1", "/home/x/mlruns/1"]) {
    expect(locateVersion(`${root}/${run}/artifacts/a/model`)).toEqual({ kind: "run", runId: run, path: "a/model" });
  }
  expect(locateVersion(`runs:/${run}/model`)).toEqual({ kind: "run", runId: run, path: "model" });
  expect(locateVersion(`s3://b/${run}/artifacts`)).toEqual({ kind: "run", runId: run, path: "" });
});

test("resolves files of logged models by URI and by path", () => {
  const modelId = `m-${run}`;
  expect(locateVersion(`models:/${modelId}`)).toEqual({ kind: "logged-model", modelId });
  expect(locateVersion(`mlflow-artifacts:/1/models/${modelId}/artifacts`)).toEqual({ kind: "logged-model", modelId });
});

test("returns versions and other locations unchanged", () => {
  expect(locateVersion("models:/digits/3")).toEqual({ kind: "version", source: "models:/digits/3" });
  expect(locateVersion("s3://bucket/models/final")).toEqual({ kind: "elsewhere", source: "s3://bucket/models/final" });
});
