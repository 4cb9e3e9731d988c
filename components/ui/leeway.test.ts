import { expect, it } from "vitest";
import { judgeLeeway } from "./leeway.ts";

const seen = (text: string) => text.replaceAll("\u00a0", "_");

it("is on pace at or above even pace, or while burn is below 1", () => {
  expect(judgeLeeway({ left: 0.62, pace: 0.54, burn: 1.2 })).toMatchObject({ state: "on-target", word: "On pace" });
  expect(judgeLeeway({ left: 0.2, pace: 0.54, burn: 0.4 })).toMatchObject({ state: "on-target", word: "On pace" });
});

it("falls behind pace while it burns", () => {
  const verdict = judgeLeeway({ left: 0.324, pace: 0.54, burn: 1.4 });
  expect(verdict).toMatchObject({ state: "watch", word: "Behind pace" });
  expect(seen(verdict.figure)).toBe("32.4_% left");
});

it("says when the last quarter is gone while it burns", () => {
  expect(judgeLeeway({ left: 0.09, pace: 0.2, burn: 2, lasts: "2 d 2 h" }).word).toBe("Gone in 2 d 2 h");
});

it("is overspent at zero and below, and has no value without data", () => {
  expect(seen(judgeLeeway({ left: -0.18, pace: 0.5, burn: 3 }).figure)).toBe("18_% over");
  expect(judgeLeeway({ left: 0, pace: null, burn: null }).state).toBe("missed");
  expect(judgeLeeway({ left: null, pace: 0.5, burn: null })).toEqual({
    state: "no-data",
    word: "No data",
    figure: "no value",
  });
});
