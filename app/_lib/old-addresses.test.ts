import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { oldAddresses } from "./old-addresses.ts";

/** Routes of the console before the tabs of an endpoint were one page: messages and bookmarks name them. */
const before = [
  "/",
  "/alerts",
  "/alerts/[fingerprint]",
  "/alerts/groups/[group]",
  "/alerts/receivers",
  "/alerts/receivers/[receiver]",
  "/alerts/routes",
  "/alerts/routes/edit",
  "/alerts/rules",
  "/alerts/rules/[rule]",
  "/alerts/rules/[rule]/edit",
  "/alerts/rules/new",
  "/alerts/silences",
  "/alerts/silences/[silence]",
  "/alerts/silences/new",
  "/alerts/silences/recurring",
  "/audit",
  "/costs",
  "/costs/[endpoint]",
  "/costs/budgets",
  "/costs/prices",
  "/datasets",
  "/datasets/[dataset]",
  "/debug",
  "/debug/[endpoint]",
  "/debug/jobs/[job]",
  "/drift",
  "/drift/[endpoint]",
  "/drift/[endpoint]/data",
  "/drift/[endpoint]/settings",
  "/drift/compare",
  "/endpoints",
  "/endpoints/[endpoint]",
  "/endpoints/[endpoint]/load-tests",
  "/endpoints/[endpoint]/load-tests/[loadTest]",
  "/endpoints/[endpoint]/predictions",
  "/endpoints/[endpoint]/predictions/[prediction]",
  "/endpoints/[endpoint]/settings",
  "/endpoints/[endpoint]/tasks",
  "/experiments",
  "/experiments/[experiment]",
  "/experiments/[experiment]/runs/[run]",
  "/experiments/compare",
  "/features",
  "/features/[view]",
  "/features/[view]/edit",
  "/features/[view]/keys/[[...key]]",
  "/features/materialisations",
  "/features/materialisations/[materialisation]",
  "/features/new",
  "/features/services",
  "/features/services/[service]",
  "/features/sources",
  "/game-days",
  "/game-days/[gameDay]",
  "/game-days/[gameDay]/edit",
  "/game-days/new",
  "/getting-started",
  "/help/[[...page]]",
  "/incidents",
  "/incidents/[number]",
  "/incidents/actions",
  "/incidents/runbooks",
  "/incidents/runbooks/[runbook]",
  "/incidents/runbooks/new",
  "/invitations/[invitation]",
  "/jobs",
  "/jobs/[job]",
  "/jobs/engines",
  "/jobs/engines/[engine]",
  "/jobs/engines/new",
  "/jobs/new",
  "/jobs/sweeps",
  "/jobs/sweeps/[sweep]",
  "/jobs/sweeps/new",
  "/jobs/templates",
  "/jobs/templates/[template]",
  "/jobs/templates/new",
  "/labels",
  "/labels/[project]",
  "/labels/[project]/alike",
  "/labels/[project]/gold",
  "/labels/[project]/guidelines",
  "/labels/[project]/label",
  "/labels/[project]/people",
  "/labels/[project]/people/[person]",
  "/labels/[project]/review",
  "/labels/[project]/settings",
  "/labels/new",
  "/lineage",
  "/login",
  "/login/password",
  "/models",
  "/models/[model]",
  "/models/[model]/[version]",
  "/models/[model]/[version]/evaluation/[[...view]]",
  "/models/[model]/[version]/reference",
  "/models/[model]/compare",
  "/on-call",
  "/on-call/handover",
  "/on-call/policies",
  "/on-call/schedules",
  "/on-call/schedules/[schedule]",
  "/on-call/schedules/[schedule]/edit",
  "/on-call/schedules/new",
  "/on-call/teams",
  "/overview",
  "/overview/kpis",
  "/overview/now",
  "/overview/reviews",
  "/overview/reviews/[review]",
  "/playground",
  "/playground/[model]",
  "/quality",
  "/quality/[endpoint]",
  "/retraining",
  "/retraining/[model]",
  "/retraining/[model]/[cycle]",
  "/retraining/[model]/edit",
  "/retraining/new",
  "/rollouts",
  "/rollouts/[rollout]",
  "/rollouts/new",
  "/settings",
  "/settings/account",
  "/settings/people",
  "/settings/recurring-work",
  "/settings/security",
  "/settings/service-accounts",
  "/settings/tokens",
  "/settings/transfer",
  "/settings/transfer/imports/[import]",
  "/settings/trash",
  "/settings/webhooks",
  "/settings/webhooks/[webhook]",
  "/settings/workspace",
  "/settings/workspaces",
  "/slos",
  "/slos/[slo]",
  "/slos/[slo]/edit",
  "/slos/new",
  "/training-sets",
  "/training-sets/[trainingSet]",
  "/training-sets/new",
];

const app = new URL("../", import.meta.url);
const routes = readdirSync(app, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith("page.tsx") && !file.includes("_service"))
  .map(
    (file) =>
      `/${file
        .split("/")
        .slice(0, -1)
        .filter((segment) => !segment.startsWith("("))
        .join("/")}`,
  );

/** Returns an address of Next's table as a route: ":endpoint" and what may follow it becomes "[endpoint]", without query and section. */
function asRoute(address: string): string {
  return address.replace(/[?#].*$/, "").replace(/:([a-z]+)/g, "[$1]");
}

const fromRoute = (from: string) => asRoute(from.replace(/\(.*\)$/, ""));

test("every address of before is a page, or is redirected to one", () => {
  const redirected = new Map(oldAddresses.map(({ from, to }) => [fromRoute(from), asRoute(to)]));
  const lost = before.filter((route) => !routes.includes(redirected.get(route) ?? route));
  expect(lost).toEqual([]);
});

test("redirects nothing that is a page", () => {
  const hidden = oldAddresses.map(({ from }) => fromRoute(from)).filter((route) => routes.includes(route));
  expect(hidden).toEqual([]);
});
