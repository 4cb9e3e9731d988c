import { expect, it } from "vitest";
import { matchLabel, readPaletteQuery } from "./palette-query.ts";

it("asks for actions only after > and for ids only after #", () => {
  expect(readPaletteQuery("> roll")).toEqual({ only: "actions", words: "roll" });
  expect(readPaletteQuery("#r-8f2c")).toEqual({ only: "ids", words: "r-8f2c" });
  expect(readPaletteQuery("  roll ")).toEqual({ only: undefined, words: "roll" });
});

it("marks the part that matches, in any case, and keeps the label's own letters", () => {
  expect(matchLabel("Start a Rollout…", "roll")).toEqual([
    { text: "Start a ", matches: false },
    { text: "Roll", matches: true },
    { text: "out…", matches: false },
  ]);
  expect(matchLabel("Models", "")).toEqual([{ text: "Models", matches: false }]);
  expect(matchLabel("Models", "run")).toBeUndefined();
});
