import { expect, it } from "vitest";
import { matchLabel, readPaletteQuery } from "./palette-query.ts";

it("restricts to actions only after > and to ids only after #", () => {
  expect(readPaletteQuery("> roll")).toEqual({ only: "actions", words: "roll" });
  expect(readPaletteQuery("#r-8f2c")).toEqual({ only: "ids", words: "r-8f2c" });
  expect(readPaletteQuery("  roll ")).toEqual({ only: undefined, words: "roll" });
});

it("marks the matching part in any case, and preserves the case of the label", () => {
  expect(matchLabel("Start a Rollout…", "roll")).toEqual([
    { text: "Start a ", matches: false },
    { text: "Roll", matches: true },
    { text: "out…", matches: false },
  ]);
  expect(matchLabel("Models", "")).toEqual([{ text: "Models", matches: false }]);
  expect(matchLabel("Models", "run")).toBeUndefined();
});
