import { expect, test } from "vitest";
import { rolloutMarkers } from "./rollout-markers.ts";

test("marks step targets and rollbacks, but neither a shadow start nor the promotion", () => {
  const base = { rolloutId: "r1", version: 14, at: "2026-05-06T12:00:00.000Z" };
  const markers = rolloutMarkers([
    { ...base, kind: "started", weight: 0 },
    { ...base, kind: "advance", weight: 0.25 },
    { ...base, kind: "skip", weight: 1 },
    { ...base, kind: "roll-back", weight: 0 },
  ]);
  expect(markers.map(({ label, kind }) => [label, kind])).toEqual([
    ["v14 to 25%", "deploy"],
    ["v14 rolled back", "incident"],
  ]);
  expect(markers[0]?.at).toBe(Date.UTC(2026, 4, 6, 12));
});
