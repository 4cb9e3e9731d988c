import { expect, test } from "vitest";
import { pageOfMlflow } from "./mlflow-address.ts";

test.each([
  ["#/experiments/1/runs/23ed9f", "/experiments/1/runs/23ed9f"],
  ["#/experiments/1/runs/23ed9f/artifacts", "/experiments/1/runs/23ed9f"],
  ["#/experiments/1", "/experiments/1"],
  ["#/experiments/1/traces?selectedTraceId=tr-1", "/experiments/1"],
  ["#/experiments/1/models/m-0f", "/experiments/1"],
  ["#/experiments", "/experiments"],
  ["#/models/flight%20delay/versions/3", "/models/flight%20delay/v3"],
  ["#/models/digits", "/models/digits"],
])("redirects %s to %s, also after sign-in", (hash, page) => {
  expect(pageOfMlflow({ pathname: "/overview", hash })).toBe(page);
  expect(pageOfMlflow({ pathname: "/login", hash })).toBe(`/login?callbackUrl=${encodeURIComponent(page)}`);
});

test.each(["", "#", "#actions", "#/settings", "#/gateway/x", "#experiments/1"])(
  "ignores %j, which is no MLflow fragment",
  (hash) => {
    expect(pageOfMlflow({ pathname: "/overview", hash })).toBeUndefined();
  },
);

test("leaves other pages with such a fragment unchanged", () => {
  expect(pageOfMlflow({ pathname: "/models", hash: "#/experiments/1" })).toBeUndefined();
});
