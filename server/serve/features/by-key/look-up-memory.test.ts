import { expect, test } from "vitest";
import type { FoundFeature } from "#server/develop/features/pinned/answer-pinned.ts";
import type { PinnedFeature, PinnedFeatures } from "#server/develop/features/pinned/contract.ts";
import type { FeaturesByKey } from "./contract.ts";
import { LookUpMemory } from "./look-up-memory.ts";

const feature = (column: string): PinnedFeature => {
  return { column, feature: column, type: "float32", isPii: false, isComputed: false };
};
const pinned = (columns: string[], { digest = "d", input = "driver" } = {}): PinnedFeatures => ({
  keys: [{ column: "driver_id", type: "int64", input }],
  requestInputs: [],
  views: [{ view: "v", version: 1, digest, keyColumns: ["driver_id"], features: columns.map(feature) }],
});

/** Gives each look-up another value, and notes what was asked for. */
function countingStore() {
  const asked: string[][] = [];
  const store: FeaturesByKey = {
    find: async (_, { views }) => {
      const columns = views.flatMap(({ features }) => features.map(({ column }) => column));
      asked.push(columns);
      const found = { values: [asked.length], statuses: ["PRESENT"], view: {} } as unknown as FoundFeature;
      return {
        servedAt: asked.length,
        columns: new Map(columns.map((column) => [column, found])),
        answer: {} as never,
      };
    },
  };
  return { asked, store };
}

const consumer = { workspaceId: "w", endpointId: undefined, withinMs: 20 };

async function valuesOf(memory: LookUpMemory, store: FeaturesByKey, wanted: PinnedFeatures) {
  const columns = wanted.views.flatMap(({ features }) => features.map(({ column }) => column));
  const { columns: found } = await memory.find(store, consumer, wanted, new Set(columns), () => ({ driver_id: [1] }));
  return columns.map((column) => found.get(column)?.values[0]);
}

test("gives every version of a request the same values, and looks up only what is new", async () => {
  const { asked, store } = countingStore();
  const memory = new LookUpMemory();
  expect(await valuesOf(memory, store, pinned(["a", "b"]))).toEqual([1, 1]);
  expect(await valuesOf(memory, store, pinned(["a", "b"]))).toEqual([1, 1]);
  expect(await valuesOf(memory, store, pinned(["b", "c"]))).toEqual([1, 2]);
  expect(asked).toEqual([["a", "b"], ["c"]]);
  expect(await valuesOf(new LookUpMemory(), store, pinned(["a"]))).toEqual([3]);
});

test("looks up again by another input, and for another version of the view", async () => {
  const { asked, store } = countingStore();
  const memory = new LookUpMemory();
  await valuesOf(memory, store, pinned(["a"]));
  await valuesOf(memory, store, pinned(["a"], { input: "other" }));
  await valuesOf(memory, store, pinned(["a"], { digest: "e" }));
  expect(asked).toHaveLength(3);
});
