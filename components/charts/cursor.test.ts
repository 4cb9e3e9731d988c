import { expect, it } from "vitest";
import { momentBeside, nearestMoment, placeCard } from "./cursor.ts";
import { placePlot } from "./geometry.ts";

it("places the cursor at the nearest moment, and moves it to the next one", () => {
  const moments = [10, 20, 40];
  expect([0, 10, 14, 15, 29, 31, 90].map((at) => nearestMoment(moments, at))).toEqual([10, 10, 10, 20, 20, 40, 40]);
  expect(nearestMoment([], 5)).toBeUndefined();
  expect(momentBeside(moments, 20, "left")).toBe(10);
  expect(momentBeside(moments, 20, "right")).toBe(40);
  expect(momentBeside(moments, 40, "right")).toBe(40);
});

it("places the card to the right and below the cursor, else on the other side, and never before the plot", () => {
  const plot = placePlot({ width: 400, height: 200 }, { left: 40, right: 10, top: 8 }, [0, 1], [0, 1]);
  const card = { width: 100, height: 60 };
  expect(placeCard(plot, { x: 60, y: 20 }, card)).toEqual({ left: 70, top: 30 });
  expect(placeCard(plot, { x: 350, y: 170 }, card)).toEqual({ left: 240, top: 100 });
  expect(placeCard(plot, { x: 200, y: 90 }, { width: 380, height: 400 })).toEqual({ left: 40, top: 8 });
});
