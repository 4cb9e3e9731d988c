import { expect, test } from "vitest";
import { chosenWorkspace, withoutWorkspace } from "./workspace-address.ts";

test.each([
  ["/w/acme/api/2.0/mlflow/runs/get?run_id=1", "/api/2.0/mlflow/runs/get?run_id=1"],
  ["/w/acme/ajax-api/2.0/mlflow-artifacts/artifacts/a%2Fb", "/ajax-api/2.0/mlflow-artifacts/artifacts/a%2Fb"],
  ["//w/acme//model-versions/get-artifact?path=x", "//model-versions/get-artifact?path=x"],
  ["/w/acme/api/v1/viewer", "/api/v1/viewer"],
  ["/w/acme/v1/traces", "/v1/traces"],
  ["/w/acme/v2/models/digits/infer", "/v2/models/digits/infer"],
  ["/w/acme/label-studio/api/projects/?page=1", "/label-studio/api/projects/?page=1"],
  ["/w/acme/version", "/version"],
  ["/w/acme/health", "/health"],
])("serves %s as %s", (url, expected) => {
  expect(withoutWorkspace(url)).toBe(expected);
});

test.each(["/w/acme", "/w/acme/experiments/3?view=a", "/w/acme/models/api", "/w/acme/api/auth/csrf", "/api/v1/viewer"])(
  "does not change %s",
  (url) => {
    expect(withoutWorkspace(url)).toBe(url);
  },
);

test("selects the workspace by prefix or header, which must agree", () => {
  const chosen = (originalUrl: string, header?: string) =>
    chosenWorkspace({ originalUrl, headers: header === undefined ? {} : { "x-mlflow-workspace": header } });
  expect(chosen("/w/acme/api/v1/viewer")).toBe("acme");
  expect(chosen("/w/ac%6de/api/v1/viewer")).toBe("acme");
  expect(chosen("/api/v1/viewer", "acme")).toBe("acme");
  expect(chosen("/w/acme/api/v1/viewer", "acme")).toBe("acme");
  expect(chosen("/api/v1/viewer", " ")).toBeUndefined();
  expect(chosen("/api/v1/viewer")).toBeUndefined();
  expect(() => chosen("/w/acme/api/v1/viewer", "other")).toThrow('"acme"');
});
