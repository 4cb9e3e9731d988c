import { expect, onTestFinished, test, vi } from "vitest";
import { FairSlots } from "./fair-slots.ts";

const rules = { slots: 2, maxPerTenant: 2, maxHoldMs: 1000, maxRunning: 8 };

/** Starts works that end on demand; `started` lists them in order. */
function works(slots: FairSlots) {
  const started: string[] = [];
  const ends = new Map<string, () => void>();
  const start = (tenant: string, name: string) =>
    slots.run(tenant, () => {
      started.push(name);
      return new Promise<void>((resolve) => ends.set(name, resolve));
    });
  return { started, start, end: (name: string) => ends.get(name)?.() };
}

test("runs at most as many works as there are slots, and the next when one ends", async () => {
  const { started, start, end } = works(new FairSlots(rules));
  const first = start("a", "a1");
  void start("b", "b1");
  void start("c", "c1");
  expect(started).toEqual(["a1", "b1"]);
  end("a1");
  await first;
  await vi.waitFor(() => expect(started).toEqual(["a1", "b1", "c1"]));
});

test("lets works of others start beside those of a tenant that hang", async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const { started, start } = works(new FairSlots(rules));
  for (const name of ["a1", "a2", "a3", "a4"]) void start("a", name);
  void start("b", "b1");
  expect(started).toEqual(["a1", "a2"]);
  await vi.advanceTimersByTimeAsync(1001);
  // The hanging tenant has its two, and no more.
  expect(started).toEqual(["a1", "a2", "b1"]);
  void start("c", "c1");
  expect(started).toEqual(["a1", "a2", "b1", "c1"]);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(started).toEqual(["a1", "a2", "b1", "c1"]);
});

test("limits works that run at all, overdue ones included", async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const { started, start } = works(new FairSlots({ ...rules, maxRunning: 3 }));
  for (const tenant of ["a", "b", "c", "d"]) void start(tenant, tenant);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(started).toEqual(["a", "b", "c"]);
});

test("rejects with the error of the work, and frees its slot", async () => {
  const slots = new FairSlots({ ...rules, slots: 1 });
  await expect(slots.run("a", () => Promise.reject(new Error("failed")))).rejects.toThrow("failed");
  await expect(slots.run("a", async () => 1)).resolves.toBe(1);
});
