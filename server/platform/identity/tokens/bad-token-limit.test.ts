import { expect, test } from "vitest";
import { BadTokenLimit } from "./bad-token-limit.ts";
import { hashSecret } from "./secret.ts";

const hashOf = (index: number) => hashSecret(`lw_${index}`);
const rejected = expect.objectContaining({ code: "rate-limited", retryAfterSeconds: 60 });

function outcome(limit: BadTokenLimit, hash: string, address: string): unknown {
  try {
    limit.check(hash, address);
    return "allowed";
  } catch (error) {
    return error;
  }
}

/** A limit after `count` different invalid tokens from one address. */
function limitAfter(count: number, address = "192.0.2.1") {
  const clock = { ms: 1_000 };
  const limit = new BadTokenLimit(() => clock.ms);
  for (let index = 0; index < count; index++) limit.addBad(hashOf(index), address);
  return { limit, clock };
}

test("rejects further unknown tokens of a network after 50 different invalid ones, for a minute", () => {
  expect(outcome(limitAfter(49).limit, hashOf(99), "192.0.2.1")).toBe("allowed");
  const { limit, clock } = limitAfter(50);
  expect(outcome(limit, hashOf(99), "192.0.2.1")).toEqual(rejected);
  expect(outcome(limit, hashOf(99), "192.0.2.2")).toBe("allowed");
  clock.ms += 60_000;
  expect(outcome(limit, hashOf(99), "192.0.2.1")).toBe("allowed");
});

test("counts 64 bits of an IPv6 address as one network", () => {
  const { limit } = limitAfter(50, "2001:db8:1:2::1");
  expect(outcome(limit, hashOf(99), "2001:db8:1:2:ffff::7")).toEqual(rejected);
  expect(outcome(limit, hashOf(99), "2001:db8:1:3::1")).toBe("allowed");
});

test("counts a repeated invalid token once", () => {
  const { limit } = limitAfter(0);
  for (let times = 0; times < 1_000; times++) limit.addBad(hashOf(1), "192.0.2.1");
  expect(outcome(limit, hashOf(1), "192.0.2.1")).toBe("allowed");
});

test("lets a token that has been valid pass, until it is invalid", () => {
  const { limit } = limitAfter(50);
  limit.addGood(hashOf(99));
  expect(outcome(limit, hashOf(99), "192.0.2.1")).toBe("allowed");
  limit.addBad(hashOf(99), "192.0.2.1");
  expect(outcome(limit, hashOf(99), "192.0.2.1")).toEqual(rejected);
});

test("remembers at most 2,000 networks", () => {
  const { limit } = limitAfter(50);
  for (let index = 0; index < 1_999; index++) limit.addBad(hashOf(1), `198.18.${index >> 8}.${index & 255}`);
  expect(outcome(limit, hashOf(99), "192.0.2.1")).toEqual(rejected);
  limit.addBad(hashOf(1), "203.0.113.1");
  expect(outcome(limit, hashOf(99), "192.0.2.1")).toBe("allowed");
});
