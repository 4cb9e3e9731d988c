import { expect, test } from "vitest";
import { Routing } from "#server/alerting/alerts/routing/contract.ts";
import { readRoutingText, routingText } from "./routing-text.ts";

const pages = { name: "severity", value: "page|critical", isRegex: true, isEqual: true };
const routing = Routing.parse({
  root: { receiver: "default", groupBy: ["alertname"], routes: [{ matchers: [pages], receiver: "on-call" }] },
  timeIntervals: [{ name: "nights", timeZone: "Europe/Berlin", spans: [{ times: [{ from: "22:00", to: "24:00" }] }] }],
});

test("round-trips a routing through its text, as YAML and as JSON", () => {
  for (const as of ["yaml", "json"] as const) {
    expect(readRoutingText(routingText(routing, as))).toEqual({ routing: routing });
  }
});

test("reports an error with its line", () => {
  const wrong = "root:\n  receiver: default\n  groupWaitSeconds: soon\n";
  expect(readRoutingText(wrong)).toEqual({
    mistakes: [{ message: expect.stringContaining("root.groupWaitSeconds"), line: 3 }],
  });
  const broken = readRoutingText("root:\n  receiver: [default\n");
  expect("mistakes" in broken && broken.mistakes[0]?.line).toBeGreaterThan(1);
});
