import { expect, test } from "vitest";
import type { Pairing } from "../metrics/task-metrics.ts";
import { boxPrecisionInterval } from "./box-precision.ts";

test("computes no interval for a gate that would hold up other work", () => {
  const intervalOf = (boxes: number) => {
    const pictures = Uint32Array.from({ length: boxes }, (_, at) => at % 10);
    const hits = Array.from({ length: 10 }, () => Uint8Array.from(pictures, (_, at) => (at < 5 ? 1 : 0)));
    const truths = Array.from({ length: 10 }, (_, picture) => ({ picture, boxes: 1 }));
    const ranked = { pictures: 10, classes: [{ label: "a", truths, pictures, hits }] };
    const pairing = { columns: { answer: new Uint16Array(10) }, clusters: null, boxes: () => ranked };
    return boxPrecisionInterval(pairing as unknown as Pairing, { id: "boxPrecision", rows: null, level: 0.9 });
  };
  expect(intervalOf(100)?.high).toBeGreaterThan(0.4);
  expect(intervalOf(50_001)).toBeNull();
});
