import { expect, test } from "vitest";
import { movedTo, nextProjection, toProjectionDrafts, toService, type ViewChoice } from "./service-draft.ts";

const views: ViewChoice[] = [
  {
    name: "driver_stats",
    current: 2,
    versions: [
      { version: 2, features: ["trips", "rating"], joinKeys: ["driver_id"] },
      { version: 1, features: ["trips", "old"], joinKeys: ["driver"] },
    ],
  },
  { name: "weather", current: 1, versions: [{ version: 1, features: ["wind"], joinKeys: ["cell"] }] },
];

test("keeps what the form does not show, and drops join keys that have their own name", () => {
  const projections = [
    { view: "driver_stats", version: 1, features: ["trips"], alias: null, joinKeys: { driver: "origin" } },
  ];
  const drafts = toProjectionDrafts(projections);
  const before = { owner: "mara", tags: { team: "eta" } };
  const form = { name: " eta ", description: "", projections: drafts };
  expect(toService(form, before)).toEqual({ name: "eta", description: "", ...before, projections });
  const same = drafts.map((draft) => ({ ...draft, joinKeys: { driver: " driver " }, alias: " d " }));
  expect(toService({ ...form, projections: same }, undefined).projections).toEqual([
    { ...projections[0], alias: "d", joinKeys: {} },
  ]);
});

test("proposes views that are not listed, and forgets features that a version does not have", () => {
  const first = nextProjection([], views);
  expect(first).toMatchObject({ key: 0, view: "driver_stats", version: null });
  expect(nextProjection([first], views)).toMatchObject({ key: 1, view: "weather" });
  const chosen = { ...first, features: ["trips", "rating"], joinKeys: { driver_id: "d" } };
  expect(movedTo(chosen, { view: "driver_stats", version: 1 }, views)).toEqual({
    ...chosen,
    version: 1,
    features: ["trips"],
    joinKeys: {},
  });
});
