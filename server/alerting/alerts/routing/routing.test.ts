import { expect, test } from "vitest";
import { parseMatchers } from "../matchers/parse-matchers.ts";
import { Routing } from "./contract.ts";
import { defaultRouting, severityOf } from "./default-routing.ts";
import { groupKey, groupLabels } from "./group-key.ts";
import { allRoutes, walkRoutes } from "./walk-routes.ts";

const routing = Routing.parse({
  root: {
    receiver: "all",
    groupBy: ["alertname", "model"],
    muteTimes: ["night"],
    routes: [
      { matchers: parseMatchers("severity=page"), receiver: "on-call", groupWaitSeconds: 0 },
      {
        matchers: parseMatchers('team="ml",env=~"prod|stage"'),
        receiver: "ml",
        continue: true,
        routes: [{ matchers: parseMatchers("env=prod"), repeatIntervalSeconds: 60, groupBy: ["..."] }],
      },
      { matchers: parseMatchers("env=prod"), receiver: "prod" },
    ],
  },
});
const receivers = (labels: Record<string, string>) =>
  walkRoutes(routing, labels).map(({ path, receiver }) => `${path} ${receiver}`);

test("stops at the first matching child, unless it continues", () => {
  expect(receivers({ severity: "page", team: "ml", env: "prod" })).toEqual(["0 on-call"]);
  expect(receivers({ team: "ml", env: "prod" })).toEqual(["1.0 ml", "2 prod"]);
  expect(receivers({ team: "ml", env: "stage" })).toEqual(["1 ml"]);
  expect(receivers({ team: "other" })).toEqual([" all"]);
});

test("inherits unset values from the parent route, except times", () => {
  const [root, page, team, prod] = allRoutes(routing);
  expect(root).toMatchObject({ groupWaitMs: 30_000, groupIntervalMs: 300_000, repeatIntervalMs: 14_400_000 });
  expect(page).toMatchObject({
    groupWaitMs: 0,
    groupIntervalMs: 300_000,
    muteTimes: [],
    groupBy: ["alertname", "model"],
  });
  expect(prod).toMatchObject({ receiver: "ml", repeatIntervalMs: 60_000, groupBy: ["..."] });
  expect([root?.muteTimes, team?.words]).toEqual([["night"], "root > env=~prod|stage,team=ml"]);
});

test("uses the group keys of Alertmanager", () => {
  const labels = { alertname: "SLOBurn", model: "churn", severity: "page" };
  const [route] = walkRoutes(routing, labels);
  const chosen = groupLabels(route ?? { groupBy: [] }, labels);
  expect(groupKey(route?.key ?? "", chosen)).toBe('{}/{severity="page"}:{alertname="SLOBurn", model="churn"}');
  expect(groupKey("{}", {})).toBe("{}:{}");
  expect(groupKey("{}", { alertname: 'X"Y' })).toBe(String.raw`{}:{alertname="X\"Y"}`);
  const [team] = walkRoutes(routing, { team: "ml", env: "prod", z: "1" });
  expect(team?.key).toBe('{}/{env=~"prod|stage",team="ml"}/{env="prod"}');
  expect(groupLabels({ groupBy: ["..."] }, { b: "1", a: "2" })).toEqual({ b: "1", a: "2" });
});

test("routes pages to the on-call engineer and other alerts to tickets without a saved routing", () => {
  const receiver = (severity: string) => walkRoutes(defaultRouting, { severity }).map((route) => route.receiver);
  for (const severity of ["page", "critical", "SEV1", "sev2"]) {
    expect([receiver(severity), severityOf(severity)]).toEqual([["on-call"], "page"]);
  }
  for (const severity of ["ticket", "warning", "", "pager"]) {
    expect([receiver(severity), severityOf(severity)]).toEqual([["tickets"], "ticket"]);
  }
});
