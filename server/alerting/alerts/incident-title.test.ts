import { expect, test } from "vitest";
import { incidentTitle, maxTitleLength, serviceTitle, shortTitle } from "./incident-title.ts";

test.each([
  [
    { subject: "card-fraud", effect: "15.6% of requests fail", tail: "after v32" },
    "card-fraud: 15.6% of requests fail after v32",
  ],
  [{ subject: "card-fraud", effect: "15.6% of requests fail." }, "card-fraud: 15.6% of requests fail"],
  // The tail goes first.
  [
    { subject: "warehouse-picking-order", effect: "31.2% of requests over 250\u00a0ms", tail: "since 02:39" },
    "warehouse-picking-order: 31.2% of requests over 250\u00a0ms",
  ],
  // Then words of the effect, and none stays that needs the next one.
  [
    { subject: "warehouse-picking-order-eu-west", effect: "31.2% of predictions are served by a fallback" },
    "warehouse-picking-order-eu-west: 31.2% of predictions",
  ],
  [{ subject: "n".repeat(59), effect: "31.2% of requests fail" }, "n".repeat(59)],
])("puts the name, the effect and the tail into %j", (parts, title) => {
  expect(incidentTitle(parts)).toBe(title);
});

test.each([
  ["a is down", "a is down"],
  [
    "Predictions of flight-delay are less certain than usual; in windows like this, 6.8 to 8.3 points of accuracy are lost, and the cause is temperature.",
    "Predictions of flight-delay are less certain than usual",
  ],
  [
    "flight-delay: the distribution of temperature has moved (PSI 2.5, threshold 0.2), mostly at UA, for the last 26 hours",
    "flight-delay: the distribution of temperature has moved",
  ],
  [
    "card-fraud: features of merchants were last written 5 h ago and should be at most 1 h old",
    "card-fraud: features of merchants were last written 5 h ago",
  ],
  ["one\ntwo", "one two"],
])("shortens %s", (text, title) => {
  expect(shortTitle(text)).toBe(title);
});

test("never exceeds the limit, keeps short titles, and keeps the name", () => {
  const words = "a very long sentence with many words, numbers like 12,345.6 and a (parenthesis); it says 😀 things. ";
  for (let length = 1; length <= 300; length += 1) {
    const text = words.repeat(4).slice(0, length).trim();
    const short = shortTitle(text);
    expect([...short].length).toBeLessThanOrEqual(maxTitleLength);
    if (short !== text) expect(short).not.toMatch(/ (of|the|a|and|with)$|[,;:(]$/);
    expect(shortTitle(short)).toBe(short);
    const name = "e".repeat(1 + (length % 128));
    const title = incidentTitle({ subject: name, effect: text, tail: "since 02:39" });
    expect([...title].length).toBeLessThanOrEqual(maxTitleLength);
    expect(title.startsWith(name.slice(0, maxTitleLength))).toBe(true);
  }
  expect(shortTitle("😀".repeat(100))).toBe("😀".repeat(60));
});

test("names the service where a title of others does not", () => {
  const service = "card-fraud";
  expect(serviceTitle({ service, title: "Rows rejected by the schema check" })).toBe(
    "card-fraud: Rows rejected by the schema check",
  );
  expect(serviceTitle({ service, title: "card-fraud: 15.6% of requests fail" })).toBe(
    "card-fraud: 15.6% of requests fail",
  );
  expect(serviceTitle({ service: "", title: "Store is down" })).toBe("Store is down");
});
