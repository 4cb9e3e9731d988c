import { expect, test } from "vitest";
import { DomainError } from "#server/base/errors.ts";
import { Admission } from "./admission.ts";
import { type Bucket, consumeToken } from "./token-bucket.ts";

/** Creates an admission whose clock the test controls. */
function clocked() {
  const clock = { now: 0 };
  return { clock, admission: new Admission(() => clock.now) };
}
const none = { requestsPerSecond: null, burst: null, concurrentRequests: null };

/** Returns the seconds to wait; 0 when the request was admitted. */
function waitOf(work: () => unknown): number {
  try {
    work();
    return 0;
  } catch (error) {
    expect(error).toBeInstanceOf(DomainError);
    expect((error as DomainError).code).toBe("rate-limited");
    return (error as DomainError).retryAfterSeconds ?? Number.NaN;
  }
}

test.each([
  { perSecond: 10, burst: 5, gapMs: 0, seconds: 0, expected: 5 },
  { perSecond: 10, burst: 1, gapMs: 10, seconds: 10, expected: 100 },
  { perSecond: 0.5, burst: 1, gapMs: 100, seconds: 10, expected: 5 },
  { perSecond: 3, burst: 3, gapMs: 1000 / 3, seconds: 10, expected: 30 },
])("fills a bucket of $burst at $perSecond/s so that $expected of a steady stream pass in $seconds s", (given) => {
  const { perSecond, burst, gapMs, seconds, expected } = given;
  let bucket: Bucket | undefined;
  let taken = 0;
  const sends = gapMs === 0 ? 100 : Math.round((seconds * 1000) / gapMs);
  for (let send = 0; send < sends; send += 1) {
    const result = consumeToken(bucket, { perSecond, burst }, send * gapMs);
    bucket = result.bucket;
    if (result.waitSeconds === 0) taken += 1;
  }
  expect(taken).toBe(expected);
});

test("admits a request after the reported wait and not before", () => {
  const { clock, admission } = clocked();
  const limits = { ...none, requestsPerSecond: 0.4 };
  const send = () => admission.admit("token", "endpoint", limits);
  expect(waitOf(send)).toBe(0);
  expect(waitOf(send)).toBeCloseTo(2.5);
  clock.now = 2_400;
  expect(waitOf(send)).toBeCloseTo(0.1);
  clock.now = 2_500;
  expect(waitOf(send)).toBe(0);
});

test("takes no token for a rate-limited request", () => {
  const { clock, admission } = clocked();
  const send = () => admission.admit("token", "endpoint", { ...none, requestsPerSecond: 1 });
  send();
  for (let tries = 0; tries < 50; tries += 1) waitOf(send);
  clock.now = 1000;
  expect(waitOf(send)).toBe(0);
});

test("counts requests in flight, and frees one slot for a request that ends twice", () => {
  const { admission } = clocked();
  const send = () => admission.admit("token", "endpoint", { ...none, concurrentRequests: 2 });
  const [first] = [send(), send()];
  expect(waitOf(send)).toBe(1);
  first?.();
  first?.();
  send();
  expect(waitOf(send)).toBe(1);
});

test("applies limits separately per token and endpoint", () => {
  const { admission } = clocked();
  const limits = { ...none, requestsPerSecond: 1, concurrentRequests: 1 };
  for (const [token, endpoint] of [
    ["a", "x"],
    ["a", "y"],
    ["b", "x"],
  ] as const) {
    expect(waitOf(() => admission.admit(token, endpoint, limits))).toBe(0);
  }
});

test("never rejects requests for an endpoint without limits", () => {
  const { admission } = clocked();
  for (let sent = 0; sent < 1000; sent += 1) expect(waitOf(() => admission.admit("token", "x", none))).toBe(0);
});
