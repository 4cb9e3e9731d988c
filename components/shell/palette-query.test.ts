import { expect, it, test } from "vitest";
import { markLabel, rankLabel, readPaletteQuery } from "./palette-query.ts";

it("restricts by the first character", () => {
  expect(readPaletteQuery("> roll")).toEqual({ only: "actions", words: "roll" });
  expect(readPaletteQuery("#r-8f2c")).toEqual({ only: "ids", words: "r-8f2c" });
  expect(readPaletteQuery("@mei")).toEqual({ only: "people", words: "mei" });
  expect(readPaletteQuery("!fraud")).toEqual({ only: "incidents", words: "fraud" });
  expect(readPaletteQuery("  roll ")).toEqual({ only: undefined, words: "roll" });
});

it("marks the matching parts in any case and order, and preserves the case of the label", () => {
  expect(markLabel("Start a Rollout…", "roll start")).toEqual([
    { text: "Start", matches: true, at: 0 },
    { text: " a ", matches: false, at: 5 },
    { text: "Roll", matches: true, at: 8 },
    { text: "out…", matches: false, at: 12 },
  ]);
  expect(markLabel("Models", "")).toEqual([{ text: "Models", matches: false, at: 0 }]);
});

test.each([
  ["Alert rules", "alert rules", 0],
  ["Alert rules", "al", 1],
  ["Alert rules", "rules", 2],
  ["card-fraud", "fraud", 2],
  ["Alert rules", "ules lert", 3],
  ["Tokens", "settings", 4],
  ["Alert rules", "model", undefined],
])("ranks %j for %j as %j", (label, words, rank) => {
  expect(rankLabel(label, words, "Settings")).toBe(rank);
});
