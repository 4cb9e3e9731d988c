import { expect, test } from "vitest";
import { maxTitleLength } from "./incident-title.ts";
import { raisedTitle } from "./raised-title.ts";

test.each([
  ["card-fraud: 12.1% of requests fail after v32", "card-fraud: 15.6% of requests fail after v32", "rises"],
  // An hour after the deployment the alert would not name it any more.
  ["card-fraud: 12.1% of requests fail after v32", "card-fraud: 15.6% of requests fail", "rises"],
  ["card-fraud: < 0.1% of requests fail", "card-fraud: 2% of requests fail", "rises"],
  ["card-fraud: 12.1% of requests fail", "card-fraud: 12.9% of requests fail", "stays"],
  ["card-fraud: 12.1% of requests fail", "card-fraud: 0.4% of requests fail", "stays"],
  ["card-fraud: 12.1% of requests fail", "card-fraud: 40% of requests over 250\u00a0ms", "stays"],
  ["card-fraud: 12.1% of requests fail", "eta-minutes: 40% of requests fail", "stays"],
  ["card-fraud: no data for 12 min", "card-fraud: no data for 40 min", "stays"],
  ["eta-2: 12% of requests fail", "eta-2: 100% of requests fail", "rises"],
  ["Rows rejected by the schema check", "card-fraud: 40% of requests fail", "stays"],
])("keeps the words of %j and %j, and the higher share: it %s", (before, now, result) => {
  const share = /(?:< )?[\d.]+%/;
  const risen = before.replace(share, share.exec(now)?.[0] ?? "");
  expect(raisedTitle(before, now)).toBe(result === "rises" ? risen : before);
});

test("never falls, and leaves the tail out where there is no room", () => {
  const name = "warehouse-picking-order-eu-we";
  const before = `${name}: 9% of requests fail after v32`;
  expect([...before].length).toBeLessThanOrEqual(maxTitleLength);
  const risen = raisedTitle(before, `${name}: 15.6% of requests fail`);
  expect([...risen].length).toBeLessThanOrEqual(maxTitleLength);
  expect(risen).toContain("15.6% of requests fail");
  expect(raisedTitle(risen, before)).toBe(risen);
  const long = `${"n".repeat(36)}: 9% of requests fail`;
  expect(raisedTitle(long, long.replace("9%", "15.6%"))).toBe(long.replace("9%", "15.6%"));
  const full = `${"n".repeat(37)}: 9% of requests fail`;
  expect(raisedTitle(full, full.replace("9%", "99.9%"))).toMatch(/fail$/);
});
