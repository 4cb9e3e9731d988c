/**
 * `npm run bench -- <name>`: measures one goal against a peer in the same run. The last line is JSON. `-- gateway` omits the test for
 * memory growth: add `--memory`, or measure only that with `-- gateway memory --minutes 60`; both take 10 minutes by default.
 */
import type { Bench } from "./report.ts";

const benches: Record<string, () => Promise<{ run: Bench }>> = {
  alerts: () => import("./alerts.ts"),
  "demo-loop": () => import("./demo-loop.ts"),
  "demo-rollouts": () => import("./demo-rollouts.ts"),
  drift: () => import("./drift.ts"),
  "drift-calibration": () => import("./drift-calibration.ts"),
  "event-loop": () => import("./event-loop.ts"),
  "feature-drill": () => import("./feature-drill.ts"),
  "feature-rows": () => import("./feature-rows.ts"),
  "feature-skew": () => import("./feature-skew.ts"),
  "feature-stale": () => import("./feature-stale.ts"),
  features: () => import("./features.ts"),
  "game-day-drill": () => import("./game-day-drill.ts"),
  gateway: () => import("./gateway/rows.ts"),
  journeys: () => import("./journeys.ts"),
  labelling: () => import("./labelling.ts"),
  "labelling-drill": () => import("./labelling-drill.ts"),
  materialise: () => import("./materialise.ts"),
  monitoring: () => import("./monitoring.ts"),
  pages: () => import("./pages.ts"),
  "paging-drill": () => import("./paging-drill.ts"),
  "page-delay": () => import("./page-delay.ts"),
  "point-in-time": () => import("./point-in-time.ts"),
  "quality-statistics": () => import("./quality-statistics.ts"),
  retraining: () => import("./retraining.ts"),
  "retraining-drill": () => import("./retraining-drill.ts"),
  rollout: () => import("./rollout.ts"),
  "rollout-shadow": () => import("./rollout-shadow.ts"),
  "rollout-statistics": () => import("./rollout-statistics.ts"),
  search: () => import("./search.ts"),
  "slow-clients": () => import("./slow-clients.ts"),
  "slo-simulation": () => import("./slo-simulation.ts"),
  switches: () => import("./switches.ts"),
  tenants: () => import("./tenants.ts"),
  tracking: () => import("./tracking.ts"),
  "tracking-drill": () => import("./tracking-drill.ts"),
  training: () => import("./training.ts"),
  "training-resume": () => import("./training-resume.ts"),
  "training-drill": () => import("./training-drill.ts"),
  "watch-statistics": () => import("./watch-statistics.ts"),
};

const name = process.argv[2] ?? "";
const load = benches[name];
if (!load) {
  console.error(`There is no benchmark "${name}". Benchmarks: ${Object.keys(benches).join(", ")}.`);
  process.exit(2);
}
const { run } = await load();
const { report } = await import("./report.ts");
process.exitCode = report(name, await run()) ? 0 : 1;
