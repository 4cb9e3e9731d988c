import { expect, test } from "vitest";
import { type EndpointState, endpointStateLabels } from "#server/respond/endpoint-states/contract.ts";
import type { ServingState } from "#server/serve/endpoints/contract.ts";
import type { Overview, OverviewEndpoint } from "./contract.ts";
import { sentenceOf } from "./sentence.ts";

const asOf = new Date("2026-05-08T12:00:00Z");
const quiet: Overview = {
  asOf,
  endpoints: [],
  runs: { running: 0, startedLast7Days: 0, failedLast7Days: 0, started7DaysBefore: 0 },
  registry: { models: 0, versions: 0, registeredLast7Days: 0 },
  latestRuns: [],
  releases: [],
};

const stateOf: Record<ServingState["kind"], EndpointState["kind"]> = {
  serving: "healthy",
  starting: "starting",
  degraded: "degraded",
  failed: "failing",
  "no-gateway": "failing",
  empty: "no-traffic",
  unloaded: "stopped",
  archived: "stopped",
};

function endpoint(name: string, serves: ServingState["kind"], requests = 0, serverErrors = 0): OverviewEndpoint {
  const kind = stateOf[serves];
  const state = { kind, word: endpointStateLabels[kind], reason: null };
  const rest = { modelName: name, version: 1, requestsPerSecond: null, latencyMsP95: null };
  const availability = requests > 0 ? 1 - serverErrors / requests : null;
  return { name, state, serving: { kind: serves, message: null }, requests, serverErrors, availability, ...rest };
}

const release = {
  id: 1,
  endpoint: "digits",
  modelName: "digits",
  version: 3,
  isReturn: false,
  reason: "",
  deployedBy: "Priya Raman",
  deployedAt: new Date("2026-05-08T10:00:00Z"),
};

function text(overview: Partial<Overview>): string {
  return sentenceOf({ ...quiet, ...overview })
    .map((part) => part.text)
    .join("")
    .replaceAll("\u00a0", " ");
}

test("reports the serving endpoints and that all requests succeeded on a good day", () => {
  expect(
    text({
      endpoints: [endpoint("digits", "serving", 40_000), endpoint("flight-delay", "serving", 1_206)],
      runs: { running: 2, startedLast7Days: 18, failedLast7Days: 1, started7DaysBefore: 3 },
      releases: [release],
    }),
  ).toBe(
    "Both endpoints serve; 41,206 requests in the last 24 h all succeeded. " +
      "18 runs started in the last 7 days, 1 failed and 2 are in progress. The last release was digits v3 2 h ago.",
  );
});

test("leads with an endpoint that is failing, linked to its page", () => {
  const overview = {
    ...quiet,
    endpoints: [endpoint("digits", "failed", 10, 4), endpoint("flight-delay", "serving", 90)],
  };
  expect(text(overview)).toBe("digits is failing; 4 of 100 requests in the last 24 h failed, all at digits.");
  expect(sentenceOf(overview)[0]).toEqual({ text: "digits", href: "/endpoints/digits" });
});

test("counts several endpoints that are failing, and reports a missing gateway once", () => {
  const three = [endpoint("a", "failed"), endpoint("b", "no-gateway"), endpoint("c", "serving")];
  expect(text({ endpoints: three })).toMatch(/^2 of 3 endpoints are failing: a and b; no predictions were requested/);
  const five = ["a", "b", "c", "d"].map((name) => endpoint(name, "failed"));
  expect(text({ endpoints: [...five, endpoint("e", "serving")] })).toMatch(/^4 of 5 .* failing: a, b and 2 more;/);
  expect(
    text({ endpoints: [endpoint("a", "no-gateway"), endpoint("b", "no-gateway"), endpoint("c", "empty")] }),
  ).toMatch(/^No gateway is running, so all endpoints are failing;/);
});

test.each([
  [[endpoint("a", "serving", 1)], "The only endpoint serves; 1 request in the last 24 h succeeded."],
  [
    [endpoint("a", "serving"), endpoint("b", "empty")],
    "One of two endpoints serves; no predictions were requested in the last 24 h.",
  ],
  [
    [1, 2, 3].map((n) => endpoint(`e${n}`, "serving", 5)),
    "All three endpoints serve; 15 requests in the last 24 h all succeeded.",
  ],
  [
    [endpoint("a", "serving", 5, 2), endpoint("b", "serving", 5, 1)],
    "Both endpoints serve; 3 of 10 requests in the last 24 h failed, most at a.",
  ],
  [
    [endpoint("a", "starting"), endpoint("b", "serving", 5)],
    "One of two endpoints serves; a is starting; 5 requests in the last 24 h all succeeded.",
  ],
  [[endpoint("a", "empty")], "No endpoints are serving yet; no predictions were requested in the last 24 h."],
  [
    [endpoint("a", "starting")],
    "No endpoints are serving yet; a is starting; no predictions were requested in the last 24 h.",
  ],
])("describes exactly which endpoints serve", (endpoints, sentence) => {
  expect(text({ endpoints })).toBe(sentence);
});

test("claims nothing without endpoints and runs", () => {
  expect(text({})).toBe("No endpoints are serving yet.");
});

test("calls a return to an older version a rollback", () => {
  const releases = [{ ...release, version: 2, isReturn: true, deployedAt: new Date("2026-05-04T12:00:00Z") }];
  expect(text({ endpoints: [endpoint("digits", "serving", 1)], releases })).toMatch(
    / The last change was a rollback to digits v2 4 days ago\.$/,
  );
});

test("names an endpoint with an open incident, although it serves", () => {
  const recovering = { kind: "recovering", word: "Recovering", reason: "INC-7 is open" } as const;
  const endpoints = [{ ...endpoint("a", "serving", 5), state: recovering }, endpoint("b", "serving", 5)];
  expect(text({ endpoints })).toMatch(/^Both endpoints serve; a is recovering; 10 requests/);
});
