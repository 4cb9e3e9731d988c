import { expect, onTestFinished, test, vi } from "vitest";
import { dayMs } from "#server/base/durations.ts";
import { DomainError } from "#server/base/errors.ts";
import { LookupCache } from "./lookup-cache.ts";

function cacheAt(start = 0) {
  const clock = { now: start };
  const cache = new LookupCache<string>({
    freshMs: 3_000,
    staleMs: 60_000,
    timeoutMs: 20,
    most: 2,
    now: () => clock.now,
  });
  return { cache, clock };
}

const down = () => Promise.reject(new Error("ECONNREFUSED"));
const never = () => new Promise<string>(() => {});

test("reuses a fresh result, and looks up an older one again", async () => {
  const { cache, clock } = cacheAt();
  const request = vi.fn().mockResolvedValueOnce("a").mockResolvedValueOnce("b");
  expect(await cache.get("key", request)).toBe("a");
  clock.now = 2_999;
  expect(await cache.get("key", request)).toBe("a");
  clock.now = 3_000;
  expect(await cache.get("key", request)).toBe("b");
  expect(request).toHaveBeenCalledTimes(2);
});

test("looks up a result again even when the system clock was set back", async () => {
  vi.useFakeTimers({ toFake: ["Date"] });
  onTestFinished(() => void vi.useRealTimers());
  const cache = new LookupCache<string>({ freshMs: 0, staleMs: 60_000, timeoutMs: 1_000, most: 2 });
  await cache.get("key", async () => "may enter");
  vi.setSystemTime(Date.now() - dayMs);
  const revoked = new DomainError("unauthenticated", "This token was revoked.");
  await expect(cache.get("key", () => Promise.reject(revoked))).rejects.toThrow(revoked);
});

test("shares one lookup between concurrent callers", async () => {
  const { cache } = cacheAt();
  const request = vi.fn(async () => "a");
  expect(await Promise.all([cache.get("key", request), cache.get("key", request)])).toEqual(["a", "a"]);
  expect(request).toHaveBeenCalledTimes(1);
});

test("returns the older result while the source is down or hangs, and pauses lookups for a moment", async () => {
  const { cache, clock } = cacheAt();
  await cache.get("key", async () => "a");
  clock.now = 10_000;
  expect(await cache.get("key", down)).toBe("a");
  const request = vi.fn(down);
  clock.now = 12_000;
  expect(await cache.get("key", request)).toBe("a");
  expect(request).not.toHaveBeenCalled();
  clock.now = 14_000;
  expect(await cache.get("key", never)).toBe("a");
});

test("does not return a result that is too old", async () => {
  const { cache, clock } = cacheAt();
  await cache.get("key", async () => "a");
  clock.now = 60_001;
  await expect(cache.get("key", down)).rejects.toMatchObject({ code: "unavailable", retryAfterSeconds: 5 });
});

test("passes on a rejection, and deletes the older result", async () => {
  const { cache, clock } = cacheAt();
  await cache.get("key", async () => "a");
  clock.now = 5_000;
  const refuse = () => Promise.reject(new DomainError("unauthenticated", "Revoked."));
  await expect(cache.get("key", refuse)).rejects.toMatchObject({ code: "unauthenticated" });
  await expect(cache.get("key", down)).rejects.toMatchObject({ code: "unavailable" });
});

test("evicts the oldest result above the limit", async () => {
  const { cache } = cacheAt();
  for (const key of ["a", "b", "c"]) await cache.get(key, async () => key);
  const request = vi.fn(async () => "again");
  expect(await cache.get("c", request)).toBe("c");
  expect(await cache.get("a", request)).toBe("again");
});
