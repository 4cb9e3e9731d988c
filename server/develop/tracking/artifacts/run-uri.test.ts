import { expect, it } from "vitest";
import { parseRunUri } from "./run-uri.ts";

it("parses the run and its path, with any number of slashes between", () => {
  expect(parseRunUri("runs:/abc/model/MLmodel")).toEqual({ runId: "abc", path: "model/MLmodel" });
  expect(parseRunUri("runs:///abc//model/")).toEqual({ runId: "abc", path: "model/" });
  expect(parseRunUri("runs:/abc")).toEqual({ runId: "abc", path: "" });
});

it("parses no other address", () => {
  expect([parseRunUri("runs:/"), parseRunUri("models:/m-1"), parseRunUri("")]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});
