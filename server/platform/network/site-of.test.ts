import { expect, test } from "vitest";
import { siteOf } from "./site-of.ts";

test.each([
  ["203.0.113.77", "203.0.113.0/24"],
  ["::ffff:203.0.113.77", "203.0.113.0/24"],
  ["2001:db8:1:2::3", "2001:db8:1::/48"],
  ["2001:0DB8:0001:0002:0003:0004:0005:0006", "2001:db8:1::/48"],
  ["2001:db8::1", "2001:db8:0::/48"],
  ["fe80::1%eth0", "fe80:0:0::/48"],
  ["::1", "0:0:0::/48"],
  ["unknown", "unknown"],
  ["", "unknown"],
])("returns the site of %s", (address, network) => {
  expect(siteOf(address)).toBe(network);
});
