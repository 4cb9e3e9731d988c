import { expect, test } from "vitest";
import { capacityOf, describeUse } from "./capacity.ts";

const features = { gracefulStop: true, requeues: false, gangs: false, arrays: false };
const engine = {
  isEnabled: true,
  silentSince: null,
  answeredAt: new Date(0),
  settings: { kind: "ray" as const, address: "http://ray:8265", maxJobs: 2 },
  description: { version: "2.60", capacity: { cores: { total: 8, free: null } }, queues: [], features },
};

test("takes what is free from the engine, else from what jobs use", () => {
  const use = { jobs: 1, cores: 3, gpus: 0 };
  expect(capacityOf(engine, use)).toEqual({ unit: "cores", total: 8, free: 5, state: "on-target", word: "Available" });
  const capacity = { gpus: { total: 4, free: 0 }, cores: { total: 64, free: 60 } };
  expect(capacityOf({ ...engine, description: { ...engine.description, capacity } }, use)).toEqual({
    unit: "GPUs",
    total: 4,
    free: 0,
    state: "watch",
    word: "Full",
  });
});

test("says why an engine takes nothing", () => {
  expect(capacityOf(engine, { jobs: 2, cores: 2, gpus: 0 }).word).toBe("Full");
  expect(capacityOf({ ...engine, isEnabled: false }, undefined).word).toBe("Disabled");
  expect(capacityOf({ ...engine, silentSince: new Date(0) }, undefined).word).toBe("Not responding");
  expect(capacityOf({ ...engine, answeredAt: null, description: null }, undefined)).toMatchObject({
    unit: null,
    word: "Not contacted yet",
  });
});

test("counts jobs of an engine", () => {
  expect(describeUse({ running: 1, waiting: 0, settings: engine.settings })).toBe("1 of 2 jobs");
  expect(describeUse({ running: 2, waiting: 3, settings: { ...engine.settings, maxJobs: 1 } })).toBe(
    "2 of 1 job, 3 queued",
  );
});
