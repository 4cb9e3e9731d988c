import { expect, test } from "vitest";
import type { ServingState } from "#server/serve/endpoints/contract.ts";
import { decideEndpointState, type EndpointFacts, type FiringAlert } from "./decide-state.ts";

const well: EndpointFacts = {
  name: "card-fraud",
  serving: { kind: "serving", message: null },
  alerts: [],
  openIncident: null,
  hasTraffic: true,
  hasSlo: true,
};

const page: FiringAlert = { isPage: true, muted: null, title: "card-fraud: 15.6% of requests fail after v32" };
const ticket: FiringAlert = { ...page, isPage: false, title: "card-fraud: p95 latency 268 ms" };
const silenced = { ...page, muted: "Until 2026-05-21 06:00 UTC, by Priya" };

function serving(kind: ServingState["kind"]): EndpointFacts["serving"] {
  return { kind, message: kind === "serving" ? null : `it is ${kind}` };
}

test.each<[string, Partial<EndpointFacts>, string, string | null]>([
  ["all is well", {}, "Healthy", null],
  ["a page fires", { alerts: [page] }, "Failing", "15.6% of requests fail after v32"],
  [
    "a page fires beside an incident",
    { alerts: [ticket, page], openIncident: 7 },
    "Failing",
    "15.6% of requests fail after v32",
  ],
  ["no gateway is there", { serving: serving("no-gateway") }, "Failing", "it is no-gateway"],
  ["the version failed", { serving: serving("failed"), openIncident: 7 }, "Failing", "it is failed"],
  ["an incident is open", { openIncident: 7 }, "Recovering", "INC-7 is open, no page is firing"],
  ["an incident and a ticket", { openIncident: 7, alerts: [ticket] }, "Recovering", "INC-7 is open, no page is firing"],
  ["a ticket fires", { alerts: [ticket] }, "Degraded", "p95 latency 268 ms"],
  ["a gateway is missing", { serving: serving("degraded") }, "Degraded", "it is degraded"],
  ["gateways load", { serving: serving("starting"), hasTraffic: false }, "Starting", "it is starting"],
  ["a silenced page", { alerts: [silenced] }, "Silenced", silenced.muted],
  ["a silenced page with its incident", { alerts: [silenced], openIncident: 7 }, "Silenced", silenced.muted],
  ["a silenced page and a ticket", { alerts: [silenced, ticket] }, "Degraded", "p95 latency 268 ms"],
  ["unloaded", { serving: serving("unloaded"), hasTraffic: false }, "Stopped", "it is unloaded"],
  ["archived", { serving: serving("archived"), hasSlo: false }, "Stopped", "it is archived"],
  ["nothing is deployed", { serving: serving("empty"), hasTraffic: false }, "No traffic", "it is empty"],
  ["nobody requests it", { hasTraffic: false, hasSlo: false }, "No traffic", "No request in the last 60\u00a0min"],
  ["nothing measures it", { hasSlo: false }, "No SLO", "No SLO measures it"],
])("decides the state when %s", (_, facts, word, reason) => {
  expect(decideEndpointState({ ...well, ...facts })).toMatchObject({ word, reason });
});

test("is never healthy while an incident is open or anything fires", () => {
  const kinds = ["serving", "starting", "degraded", "failed", "no-gateway", "empty", "unloaded", "archived"] as const;
  const sets = [[], [page], [ticket], [silenced], [silenced, ticket], [page, silenced]];
  for (const kind of kinds) {
    for (const alerts of sets) {
      for (const openIncident of [null, 7]) {
        const { kind: state } = decideEndpointState({ ...well, serving: serving(kind), alerts, openIncident });
        if (openIncident !== null || alerts.length > 0 || kind !== "serving") expect(state).not.toBe("healthy");
      }
    }
  }
});

test("cuts the reason that an older release has stored as a long title", () => {
  const title = `card-fraud-availability: failing 31 times faster than the target allows. ${"And more. ".repeat(20)}`;
  const { reason } = decideEndpointState({ ...well, alerts: [{ ...page, title }] });
  expect(reason).toBe("card-fraud-availability: failing 31 times faster");
});
