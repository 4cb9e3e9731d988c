import type { GameDay, GameDayPlan } from "#server/respond/drills/contract.ts";
import { cascadeEndpoint } from "./cascade.ts";
import { type DemoTarget, send } from "./client.ts";
import { ensureSlo, type Named } from "./night-shift/ensure-named.ts";

const withinMs = 2_000;
const delayMs = 3_000;

/**
 * Minutes of 28 days, of which a hundredth may be slow: a budget of requests would be spent by the first minutes of traffic, since the demo has no
 * more. Two slow minutes of five page; that takes a fault, and not a machine that has more to do.
 */
const objective = {
  displayName: "Thrifty reading, in time",
  description: "Minutes in which 95% of responses arrive within two seconds.",
  target: 0.99,
  period: { kind: "rolling", days: 28 },
  budgeting: { method: "timeslices", sliceMinutes: 1, sliceTarget: 0.95 },
  rules: { tiers: [{ severity: "page", longMinutes: 5, shortMinutes: 2, factor: 14.4 }], absent: null },
  freezes: false,
};

/** Two minutes, in which a quarter and half of the share are reached. A longer one would meet pages of other endpoints of the demo, which abort it. */
const plan = {
  endpoint: cascadeEndpoint,
  hypothesis:
    "When 3 s are added to a tenth of responses and then to a fifth, the latency SLI shows it within three minutes and on-call is notified within five.",
  fault: { kind: "latency", delayMs, jitterMs: 0 },
  scope: "requests",
  share: 0.4,
  minutes: 2,
  isAnnounced: true,
  expectations: [
    { what: "detected", withinSeconds: 180 },
    { what: "notified", withinSeconds: 300 },
  ],
} satisfies Partial<GameDayPlan>;

/**
 * Plans a game day that the demo's account starts by hand, with the SLO that sees it. One that is planned, or has been, stays as it is.
 * @returns the number of the one that waits to be started; undefined where it was started or skipped
 */
export async function ensureGameDay(target: DemoTarget, team: Named): Promise<number | undefined> {
  const api = `${target.url}/api/v1`;
  const { id: endpointId } = await send<{ id: string }>(target, "GET", `${api}/endpoints/${cascadeEndpoint}`);
  const { runbooks } = await send<{ runbooks: Named[] }>(target, "GET", `${api}/runbooks`);
  await ensureSlo(target, {
    name: `${cascadeEndpoint}-latency`,
    definition: { ...objective, indicator: { kind: "latency", endpointId, withinMs } },
    teamId: team.id,
    runbookId: runbooks.find(({ name }) => name === "Slow responses")?.id ?? null,
    reason: "Demo SLO",
  });
  const { gameDays } = await send<{ gameDays: GameDay[] }>(target, "GET", `${api}/game-days`);
  const known = gameDays.filter(({ endpoint }) => endpoint.name === cascadeEndpoint);
  if (known.length === 0) return (await send<GameDay>(target, "POST", `${api}/game-days`, plan)).number;
  return known.find(({ state }) => state === "planned")?.number;
}
