import { describe, expect, test } from "vitest";
import { type BoxStep, editBoxes, emptyBoxes } from "./box-editor.ts";
import { boxAt, boxBetween, middleBox, moveBox, pointOf, resizeBox } from "./box-geometry.ts";
import { panBy, partInView, wholePicture, zoomAt } from "./picture-view.ts";

const box = { x: 10, y: 20, width: 30, height: 40 };

describe("geometry of boxes", () => {
  test("converts a place on screen to percent, kept inside the picture", () => {
    const frame = { left: 100, top: 50, width: 400, height: 200 };
    expect(pointOf(frame, { x: 300, y: 100 })).toEqual({ x: 50, y: 25 });
    expect(pointOf(frame, { x: 0, y: 999 })).toEqual({ x: 0, y: 100 });
  });

  test("draws in any direction, and nothing for a click that slipped", () => {
    expect(boxBetween({ x: 40, y: 60 }, { x: 10, y: 20 })).toEqual(box);
    expect(boxBetween({ x: 40, y: 60 }, { x: 40.2, y: 90 })).toBeUndefined();
  });

  test("never draws, moves or resizes a box beyond the picture, at any pixel", () => {
    const beyond = ({ x, y, width, height }: typeof box) => Math.max(x + width, y + height) - 100;
    for (let pixel = 0; pixel < 790; pixel += 1) {
      const at = (pixel / 800) * 100;
      const drawn = boxBetween({ x: at, y: at }, { x: 100, y: 100 });
      if (!drawn) throw new Error("The box is large enough.");
      const resized = resizeBox({ ...drawn, x: 0, y: 0 }, "se", 999, 999);
      for (const each of [drawn, moveBox(drawn, at / 3, at / 7), resizeBox(drawn, "nw", at / 3, at / 7), resized]) {
        expect(beyond(each)).toBeLessThan(1e-6);
      }
    }
  });

  test("keeps the size of a box that is moved to the edge", () => {
    expect(moveBox(box, -50, 90)).toEqual({ x: 0, y: 60, width: 30, height: 40 });
  });

  test.each([
    ["se", 5, 5, { x: 10, y: 20, width: 35, height: 45 }],
    ["nw", 5, 5, { x: 15, y: 25, width: 25, height: 35 }],
    ["e", 999, 7, { x: 10, y: 20, width: 90, height: 40 }],
    ["w", 999, 0, { x: 39.5, y: 20, width: 0.5, height: 40 }],
    ["n", 0, -99, { x: 10, y: 0, width: 30, height: 60 }],
  ] as const)("moves only the sides of handle %s", (handle, dx, dy, expected) => {
    expect(resizeBox(box, handle, dx, dy)).toEqual(expected);
  });

  test("finds the smallest box under the pointer", () => {
    const boxes = [{ x: 0, y: 0, width: 100, height: 100 }, box];
    expect(boxAt(boxes, { x: 15, y: 25 })).toBe(1);
    expect(boxAt(boxes, { x: 90, y: 90 })).toBe(0);
    expect(boxAt([box], { x: 90, y: 90 })).toBeUndefined();
  });
});

describe("the view of a picture", () => {
  test("keeps the point under the pointer in place while zooming", () => {
    const zoomed = zoomAt(wholePicture, { x: 25, y: 75 }, 4);
    expect(zoomed).toEqual({ scale: 4, x: 18.75, y: 56.25 });
    // A quarter from the left of the part in view, as before.
    expect((25 - zoomed.x) / partInView(zoomed).width).toBeCloseTo(0.25, 12);
  });

  test("never shows what is outside the picture", () => {
    const zoomed = zoomAt(wholePicture, { x: 0, y: 0 }, 2);
    expect(panBy(zoomed, -10, 500)).toEqual({ scale: 2, x: 0, y: 50 });
    expect(zoomAt(panBy(zoomed, 50, 50), { x: 100, y: 100 }, 0.1)).toEqual(wholePicture);
  });

  test("puts a new box in the middle of what is in view", () => {
    expect(middleBox(partInView({ scale: 4, x: 50, y: 0 }))).toEqual({ x: 59.38, y: 9.38, width: 6.25, height: 6.25 });
  });
});

describe("drawing", () => {
  const replay = (...steps: BoxStep[]) => steps.reduce(editBoxes, emptyBoxes("dent"));
  const draw: BoxStep = { kind: "draw", box };

  test("gives a new box the class that was chosen last, and selects it", () => {
    const draft = replay({ kind: "classify", label: "tear" }, draw);
    expect(draft).toEqual({ boxes: [{ label: "tear", ...box }], selected: 0, label: "tear" });
  });

  test("changes the class of the selected box only", () => {
    const draft = replay(draw, draw, { kind: "select", index: 0 }, { kind: "classify", label: "wet" });
    expect(draft.boxes.map(({ label }) => label)).toEqual(["wet", "dent"]);
  });

  test("leaves boxes alone while none is selected", () => {
    const draft = replay(draw, { kind: "select", index: null }, { kind: "move", dx: 5, dy: 5 }, { kind: "delete" });
    expect(draft.boxes).toEqual([{ label: "dent", ...box }]);
  });

  test("walks through boxes round the end", () => {
    const back = replay(draw, draw, draw, { kind: "walk", by: 1 });
    expect(back.selected).toBe(0);
    expect(editBoxes(back, { kind: "walk", by: -1 }).selected).toBe(2);
    expect(editBoxes(emptyBoxes("dent"), { kind: "walk", by: 1 }).selected).toBeNull();
  });

  test("selects the box that takes the place of a deleted one", () => {
    const draft = replay(draw, draw, { kind: "delete" });
    expect([draft.boxes.length, draft.selected]).toEqual([1, 0]);
    expect(editBoxes(draft, { kind: "delete" })).toMatchObject({ boxes: [], selected: null });
  });
});
