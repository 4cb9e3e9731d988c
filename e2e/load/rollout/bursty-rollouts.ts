import { evaluate } from "#server/release/rollouts/evidence/evaluate.ts";
import { withMinutes } from "#server/release/rollouts/evidence/minute-book.ts";
import { withWatchMarks } from "#server/release/rollouts/evidence/watch-starts.ts";
import { decideStep } from "#server/release/rollouts/machine/decide-step.ts";
import type { BurstRecord, FrozenFacts, RolloutState } from "#server/serve/rollout/contract.ts";
import type { RolloutArm, RolloutCount } from "#server/serve/rollout/evidence/contract.ts";
import { type GuardrailMetric, RolloutPlan } from "#server/serve/rollout/plan/contract.ts";
import { normalFrom, type Random, seededRandom } from "#server/stats/random.ts";
import { burstRate } from "#server/stats/random-bursts.ts";
import { binomialFrom, poissonFrom } from "#server/stats/random-counts.ts";
import { type Block, sumsOf } from "#server/stats/sequential/dispersion.ts";
import { gatewayDeviation } from "#server/stats/sequential/gateway-deviation.ts";

/** A kind of traffic that a rollout meets, the same before it as during it. */
export interface Traffic {
  requestsPerMinute: number;
  baseRate: number;
  /** Rate of the new version by that of the version before. */
  ratio?: number;
  /** Correlation of bad requests within a minute of one arm. */
  rho?: number;
  /** Minutes that a burst lasts. */
  burstMinutes?: number;
  /** How often each failed request is sent, to the same arm. */
  sends?: number;
  /** Gateways that run each arm, and the deviation of the logarithms of their rates. */
  gateways?: number;
  gatewayDeviation?: number;
  /** Share of all requests that fail from a minute on for five minutes, in both arms. */
  outage?: { share: number; fromMinute: number };
  /** Minutes that the version before is known. */
  recordMinutes?: number;
  /** Whether the gate knows about bursts: without, it is the gate that counts requests. */
  isMeasured?: boolean;
}

const minuteMs = 60_000;
/** Looks a minute; each is a part of it. */
const parts = 3;
const startedAt = Date.UTC(2026, 4, 12, 10);
const steps = [0.1, 0.25, 0.5];
const minutesPerStep = 10;

const plan = RolloutPlan.parse({
  steps: steps.map((weight) => ({
    weight,
    minSeconds: minutesPerStep * 60,
    maxSeconds: minutesPerStep * 60,
    minUnits: 30,
  })),
  guardrails: [{ metric: "errors", floor: 0.1 }],
  advanceWhen: "no-harm-found",
  budget: "ignore",
  watch: { seconds: 0, shadowShare: 0 },
});

const lognormal = (deviation: number, random: Random) => (deviation > 0 ? Math.exp(deviation * normalFrom(random)) : 1);
const sumOf = (blocks: readonly Block[]) =>
  blocks.reduce((sum, { units, events }) => ({ units: sum.units + units, events: sum.events + events }));

/** Draws a part of a minute of an arm. */
function drawPart(units: number, rate: number, sends: number, random: Random): Block {
  const requests = poissonFrom(units, random);
  const groups = Math.round(sends);
  return {
    units: requests,
    events: Math.min(requests, groups * binomialFrom(requests, Math.min(1, rate / groups), random)),
  };
}

/** Returns the rate of an arm in each minute, new after every burst. */
function rateDraw(mean: number, { rho = 0, burstMinutes = 1 }: Traffic, random: Random): () => number {
  let [rate, left] = [0, 0];
  return () => {
    if (left === 0) [rate, left] = [burstRate(Math.min(1, mean), rho, random), burstMinutes];
    left -= 1;
    return rate;
  };
}

/** Draws the record of the version before, as it is frozen at the start. */
function drawRecord(traffic: Traffic, random: Random): BurstRecord {
  const { requestsPerMinute, baseRate, sends = 1, gateways = 1, recordMinutes = 1440 } = traffic;
  const factors = Array.from({ length: gateways }, () => lognormal(traffic.gatewayDeviation ?? 0, random));
  const own = factors.map(() => ({ expected: 0, events: 0 }));
  const minutes: Block[][] = [];
  const rateOf = rateDraw(baseRate, traffic, random);
  for (let minute = 0; minute < recordMinutes; minute += 1) {
    const rate = rateOf();
    const ofGateways = factors.map((factor) =>
      Array.from({ length: 6 }, () => drawPart(requestsPerMinute / gateways / 6, rate * factor, sends, random)),
    );
    const blocks = Array.from({ length: 6 }, (_, part) => sumOf(ofGateways.map((each) => each[part] as Block)));
    const all = sumOf(blocks);
    for (const [index, each] of ofGateways.entries()) {
      const { units, events } = sumOf(each);
      const gateway = own[index] as { expected: number; events: number };
      gateway.expected += all.units > 0 ? (units * all.events) / all.units : 0;
      gateway.events += events;
    }
    minutes.push(blocks);
  }
  return {
    short: sumsOf(minutes.flat()),
    minutes: sumsOf(minutes.map(sumOf)),
    fiveMinutes: sumsOf(
      Array.from({ length: Math.floor(recordMinutes / 5) }, (_, at) => sumOf(minutes.slice(5 * at, 5 * at + 5).flat())),
    ),
    gateways,
    gatewayDeviation: gatewayDeviation(own, 1),
  };
}

interface Cell extends Block {
  misses: number;
  sum: number;
}
const row = (metric: GuardrailMetric, step: number, weight: number, arm: RolloutArm, cell: Cell): RolloutCount => ({
  metric,
  bin: 0,
  step,
  arm,
  weight,
  sumSquares: 0,
  ...cell,
});
const empty = (): Cell => ({ units: 0, events: 0, misses: 0, sum: 0 });

const facts = {
  gateways: [{ name: "gw-1", canary: "ready" as const, message: null }],
  budget: { allow: true, band: "healthy" as const, reason: "" },
  endpoint: "digits",
  stable: "v12",
  canary: "v14",
};

interface Look {
  plan: RolloutPlan;
  frozen: FrozenFacts;
  state: RolloutState;
  counts: RolloutCount[];
  now: number;
}

/** Evaluates and decides like the worker. */
function look({ plan, frozen, state, counts, now }: Look): RolloutState {
  const marked = withMinutes({ plan, counts, now, state: withWatchMarks({ plan, state, counts, now }) });
  const { evidence, units } = evaluate({ plan, frozen, state: marked, counts });
  return decideStep({ plan, frozen, state: marked, evidence, units, now, facts }).state;
}

function stateAt(step: number, weight: number, now: number, phase: RolloutState["phase"]): RolloutState {
  return {
    phase,
    step,
    weight,
    stepStartedAt: now,
    isPaused: false,
    approvedSteps: [],
    overridesBudget: false,
    lastUnits: 0,
    lastDataAt: now,
    hold: null,
    violatedMetrics: [],
    maxima: { combined: 0, srm: 0, worse: {}, safe: {}, floorCanary: {}, floorStable: {} },
  };
}

function frozenOf(traffic: Traffic, random: Random): FrozenFacts {
  const { requestsPerMinute, baseRate, isMeasured = true } = traffic;
  const units = requestsPerMinute * 1440;
  return {
    slowMs: 100,
    outcomeAgeMs: 1000,
    outputBins: null,
    binnedOutput: null,
    requestsPerSecond: requestsPerMinute / 60,
    record: { errors: { units, events: Math.round(units * baseRate) } },
    ...(isMeasured && { bursts: { errors: drawRecord(traffic, random) } }),
  };
}

/** Runs one rollout of 10, 25 and 50%, ten minutes each. @returns the minutes until it is rolled back; undefined if it is not */
export function runRollout(traffic: Traffic, seed: number): number | undefined {
  const random = seededRandom(seed + 1e6);
  // From another seed, so that the same traffic comes whether there is a record or not.
  const frozen = frozenOf(traffic, seededRandom(seed));
  const { requestsPerMinute, baseRate, ratio = 1, sends = 1, gateways = 1, outage } = traffic;
  const armFactor = () =>
    Array.from({ length: gateways }, () => lognormal(traffic.gatewayDeviation ?? 0, random)).reduce((a, b) => a + b) /
    gateways;
  const rateOf = {
    canary: rateDraw(baseRate * ratio * armFactor(), traffic, random),
    stable: rateDraw(baseRate * armFactor(), traffic, random),
  };
  const done: RolloutCount[] = [];
  let state = stateAt(0, steps[0] as number, startedAt, "stepping");
  for (const [step, weight] of steps.entries()) {
    const cells = { canary: empty(), stable: empty() };
    for (let minute = 0; minute < minutesPerStep; minute += 1) {
      const at = step * minutesPerStep + minute;
      const isOut = outage !== undefined && at >= outage.fromMinute && at < outage.fromMinute + 5;
      const drawn = { canary: rateOf.canary(), stable: rateOf.stable() };
      const rates = isOut ? { canary: outage.share, stable: outage.share } : drawn;
      for (let part = 1; part <= parts; part += 1) {
        for (const arm of ["canary", "stable"] as const) {
          const share = arm === "canary" ? weight : 1 - weight;
          const { units, events } = drawPart((requestsPerMinute * share) / parts, rates[arm], sends, random);
          cells[arm].units += units;
          cells[arm].events += events;
        }
        const counts = [
          ...done,
          row("errors", step, weight, "canary", { ...cells.canary }),
          row("errors", step, weight, "stable", { ...cells.stable }),
        ];
        const minutes = at + part / parts;
        state = look({ plan, frozen, state, counts, now: startedAt + minutes * minuteMs });
        if (state.phase === "rolled-back") return minutes;
        // It advances by its planned times, so that every rollout meets the same weights.
        state = { ...state, phase: "stepping", step, weight };
      }
    }
    done.push(row("errors", step, weight, "canary", cells.canary), row("errors", step, weight, "stable", cells.stable));
    const next = steps[step + 1];
    const now = startedAt + (step + 1) * minutesPerStep * minuteMs;
    if (next !== undefined) state = { ...state, phase: "stepping", step: step + 1, weight: next, stepStartedAt: now };
  }
  return undefined;
}

const watchMinutes = 60;
const watched = RolloutPlan.parse({
  steps: [{ weight: 0.5 }],
  guardrails: [{ metric: "slow" }],
  watch: { seconds: watchMinutes * 60, shadowShare: 0.05 },
});

/**
 * Monitors a healthy version for an hour at 20 requests a second while the share of slow responses follows the day. @param swing relative
 * height of the daily wave. @returns whether it is rolled back
 */
export function watchRollsBack(swing: number, seed: number): boolean {
  const random = seededRandom(seed);
  const perMinute = 1200;
  const shareAt = (now: number) => 0.05 * (1 + swing * Math.sin((2 * Math.PI * now) / (1440 * minuteMs)));
  const watchedFrom = startedAt + Math.floor(random() * 1440) * minuteMs;
  const day = perMinute * 1440;
  const frozen: FrozenFacts = {
    slowMs: 100,
    outcomeAgeMs: 1000,
    outputBins: null,
    binnedOutput: null,
    requestsPerSecond: perMinute / 60,
    record: { slow: { units: day, events: binomialFrom(day, 0.05, random) } },
  };
  const [live, pairs] = [empty(), empty()];
  let state = stateAt(1, 1, watchedFrom, "watching");
  for (let minute = 1; minute < watchMinutes; minute += 1) {
    const now = watchedFrom + minute * minuteMs;
    const share = shareAt(now);
    live.units += perMinute;
    live.events += binomialFrom(perMinute, share, random);
    const copies = binomialFrom(perMinute, watched.watch.shadowShare, random);
    const before = binomialFrom(copies, share, random);
    const both = binomialFrom(before, share, random);
    pairs.units += copies;
    pairs.misses += before - both;
    pairs.events += binomialFrom(copies - before, share, random);
    // What the version before did well.
    pairs.sum += copies - before;
    const counts = [row("slow", 1, 1, "canary", { ...live }), row("slow", 1, 1, "pair", { ...pairs })];
    state = look({ plan: watched, frozen, state, counts, now });
    if (state.phase === "rolled-back") return true;
  }
  return false;
}
