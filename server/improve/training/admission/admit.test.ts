import { expect, test } from "vitest";
import { seededRandom } from "#server/stats/random.ts";
import { type AdmissionLimits, admit, type EngineState, type RunningJob, type WaitingJob } from "./admit.ts";
import { usedMachineTime, usedShares } from "./fair-share.ts";

const hour = 3_600_000;
const now = 100 * hour;
const local: EngineState = {
  id: "local",
  name: "local",
  kind: "local",
  isEnabled: true,
  silentSince: null,
  maxJobs: 2,
  total: { gpus: 0, cores: 4 },
};
const ray: EngineState = {
  ...local,
  id: "ray",
  name: "ray-west",
  kind: "ray",
  maxJobs: 16,
  total: { gpus: 8, cores: 64 },
};
const job = (id: string, changes: Partial<WaitingJob> = {}): WaitingJob => ({
  id,
  name: id,
  engineId: "local",
  team: "",
  priority: "normal",
  submittedAt: now - hour,
  notBefore: 0,
  goesOnAt: "14:02:10",
  problems: [],
  isOfPolicy: false,
  estimate: null,
  gpus: 0,
  cores: 1,
  ...changes,
});
const running = (id: string, changes: Partial<RunningJob> = {}): RunningJob => ({
  id,
  engineId: "local",
  team: "",
  priority: "normal",
  maxLeft: null,
  gpus: 0,
  cores: 1,
  ...changes,
});
const limits: AdmissionLimits = {
  maxJobs: null,
  gpus: null,
  cores: null,
  teams: new Map(),
  budgets: [],
  requiresPrice: false,
  quietUntil: null,
};
const engines = new Map([local, ray].map((engine) => [engine.id, engine]));

function look(waiting: WaitingJob[], changes: Partial<Parameters<typeof admit>[1]> = {}) {
  return admit(waiting, { running: [], engines, limits, shares: new Map(), now, ...changes });
}
const words = (waiting: WaitingJob[], changes: Partial<Parameters<typeof admit>[1]> = {}) =>
  look(waiting, changes).admissions.map((one) => (one.go ? `${one.id} goes` : `${one.id}: ${one.reason.words}`));

test("orders by priority, then by what a team has used of its share, then by age", () => {
  const waiting = [
    job("old", { submittedAt: now - 3 * hour }),
    job("urgent", { priority: "urgent" }),
    job("low", { priority: "low", submittedAt: 0 }),
    job("other", { team: "b" }),
  ];
  const { admissions } = look(waiting, {
    shares: new Map([
      ["", 5],
      ["b", 1],
    ]),
  });
  expect(admissions.map(({ id }) => id)).toEqual(["urgent", "other", "old", "low"]);
});

test("says in words what holds each job", () => {
  const two = [running("a"), running("b")];
  expect(words([job("c"), job("d"), job("e")], { running: two })).toEqual([
    "c: 2 of 2 running on local.",
    "d: 2 of 2 running on local; 1 waits before this one.",
    "e: 2 of 2 running on local; 2 wait before this one.",
  ]);
  // Far from the front the words stay while others start.
  const many = words(
    Array.from({ length: 130 }, (_, at) => job(`j${String(at).padStart(3, "0")}`)),
    { running: two },
  );
  const waitingBefore = (before: number) => many[before]?.split("; ")[1];
  expect([10, 11, 20, 21, 50, 51, 129].map(waitingBefore)).toEqual([
    "10 wait before this one.",
    "more than 10 wait before this one.",
    "more than 10 wait before this one.",
    "more than 20 wait before this one.",
    "more than 20 wait before this one.",
    "more than 50 wait before this one.",
    "more than 100 wait before this one.",
  ]);
  // Those that wait for another engine are not before it.
  const west = new Map([
    ["local", local],
    ["west", { ...local, id: "west", name: "west", silentSince: "14:02" }],
  ]);
  expect(words([job("c", { engineId: "west" }), job("d")], { running: two, engines: west })[1]).toBe(
    "d: 2 of 2 running on local.",
  );
  expect(words([job("c", { engineId: "gone" })])[0]).toContain("Its engine was removed.");
  const silent = new Map([["local", { ...local, silentSince: "14:02" }]]);
  expect(words([job("c")], { engines: silent })).toEqual(["c: local has not responded since 14:02."]);
  expect(words([job("c", { cores: 9 })])).toEqual(["c: It needs 9 cores; local has 4."]);
  expect(words([job("c", { cores: 4 })], { running: [running("a")] })).toEqual([
    "c: It needs 4 cores; 3 are free on local.",
  ]);
  // The same words at each look: others would be stored, and wake the next look.
  for (const left of [60_000, 8_400, 8_300]) {
    expect(words([job("c", { notBefore: now + left })])).toEqual(["c: Starts again at 14:02:10."]);
  }
  expect(words([job("c", { isOfPolicy: true })], { limits: { ...limits, quietUntil: "07:00" } })[0]).toContain(
    "Quiet hours",
  );
  const problem = { code: "contract", words: "churn@3f2a fails its contract: 2 columns." };
  expect(words([job("c", { problems: [problem] })])).toEqual([`c: ${problem.words}`]);
});

test("holds what a budget of the month would not cover, with what running jobs may still take", () => {
  const budget = { team: null, amount: 500, spent: 400, month: "May", format: (amount: number) => `${amount} EUR` };
  const held = { ...limits, budgets: [budget] };
  const committed = [running("a", { maxLeft: 69 })];
  expect(words([job("c", { estimate: 84 })], { limits: held, running: committed })).toEqual([
    "c: Would cost up to 84 EUR; 31 EUR are left of May's 500 EUR.",
  ]);
  // The first takes what is left, so the second waits.
  const ray = { engineId: "ray", estimate: 60 };
  expect(look([job("c", ray), job("d", ray)], { limits: held }).admissions.map(({ go }) => go)).toEqual([true, false]);
  expect(words([job("c")], { limits: { ...held, requiresPrice: true } })[0]).toContain("cost is unknown");
  expect(words([job("c")], { limits: held })).toEqual(["c goes"]);
});

test("limits what a workspace uses on all engines together", () => {
  const here = [running("a", { engineId: "ray", gpus: 3, cores: 8 }), running("b", { cores: 2 })];
  const held = { ...limits, gpus: 4, cores: 12 };
  const [small, large] = [
    job("small", { engineId: "ray", gpus: 1, cores: 1 }),
    job("large", { engineId: "ray", gpus: 2 }),
  ];
  expect(words([large], { running: here, limits: held })).toEqual([
    "large: This workspace uses 3 of its 4 GPUs; this job needs 2.",
  ]);
  expect(words([small, job("then", { cores: 2 })], { running: here, limits: held })).toEqual([
    "small goes",
    "then: This workspace uses 11 of its 12 cores; this job needs 2.",
  ]);
});

test("limits teams without holding others", () => {
  const teams = new Map([["a", { name: "Vision", maxJobs: 3, gpus: 4, cores: null }]]);
  const own = [running("x", { engineId: "ray", team: "a", gpus: 3 })];
  const waiting = [
    job("big", { engineId: "ray", team: "a", gpus: 2, submittedAt: 0 }),
    job("other", { engineId: "ray", team: "b", gpus: 2 }),
    job("small", { engineId: "ray", team: "a", gpus: 1 }),
  ];
  expect(words(waiting, { running: own, limits: { ...limits, teams } })).toEqual([
    "big: Vision uses 3 of its 4 GPUs; this job needs 2.",
    "other goes",
    "small goes",
  ]);
});

test("lets smaller jobs overtake a large one for six hours, and no longer", () => {
  const taken = [running("x", { engineId: "ray", gpus: 4 })];
  const large = (waited: number) => job("large", { engineId: "ray", gpus: 8, submittedAt: now - waited });
  const small = job("small", { engineId: "ray", gpus: 1 });
  expect(words([large(5 * hour), small], { running: taken })[1]).toBe("small goes");
  expect(words([large(6 * hour), small], { running: taken })[1]).toContain(
    "Queued after large, which has waited 6\u00a0h",
  );
  // Other engines go on.
  expect(words([large(6 * hour), job("here")], { running: taken })[1]).toBe("here goes");
});

test("ends low jobs for an urgent one on local, as few as needed, and nowhere else", () => {
  const low = [running("l1", { priority: "low" }), running("l2", { priority: "low" })];
  const urgent = job("u", { priority: "urgent" });
  expect(look([urgent], { running: low })).toEqual({ admissions: [{ id: "u", go: true }], preempted: ["l2"] });
  expect(look([urgent], { running: [running("a"), running("b")] }).preempted).toEqual([]);
  const small = new Map([["ray", { ...ray, maxJobs: 2 }]]);
  const onRay = low.map((one) => ({ ...one, engineId: "ray" }));
  expect(look([{ ...urgent, engineId: "ray" }], { running: onRay, engines: small }).preempted).toEqual([]);
});

test("ends no low job for an urgent one that something else holds", () => {
  const low = [running("l1", { priority: "low", team: "a" }), running("l2", { priority: "low", team: "a" })];
  const urgent = job("u", { priority: "urgent", estimate: 10, gpus: 0 });
  const budget = { team: null, amount: 5, spent: 0, month: "May", format: String };
  const teams = new Map([["", { name: "Vision", maxJobs: null, gpus: null, cores: 0 }]]);
  const others: AdmissionLimits[] = [
    { ...limits, budgets: [budget] },
    { ...limits, maxJobs: 1 },
    { ...limits, cores: 1 },
    { ...limits, teams },
  ];
  const codes = others.map((held) => {
    const { admissions, preempted } = look([urgent], { running: low, limits: held });
    expect(preempted).toEqual([]);
    return admissions.map((one) => (one.go ? "goes" : one.reason.code));
  });
  expect(codes).toEqual([["budget"], ["workspace-full"], ["workspace-cores"], ["team-cores"]]);
});

test("never admits more than an engine, a team or a budget holds, whatever waits", () => {
  const random = seededRandom(20);
  const pick = <Of>(values: readonly Of[]): Of => values[Math.floor(random() * values.length)] as Of;
  for (let round = 0; round < 300; round += 1) {
    const teams = new Map([["a", { name: "A", maxJobs: 4, gpus: 3, cores: 20 }]]);
    const budget = { team: null, amount: 300, spent: 20 * random(), month: "May", format: String };
    const held = { ...limits, maxJobs: 9, teams, budgets: [budget] };
    const waiting = Array.from({ length: 30 }, (_, at) =>
      job(`j${at}`, {
        engineId: pick(["local", "ray"]),
        team: pick(["a", "b"]),
        priority: pick(["urgent", "normal", "low"] as const),
        gpus: pick([0, 0, 1, 2]),
        cores: pick([1, 2, 3]),
        estimate: pick([null, 10, 90]),
        submittedAt: now - 10 * hour * random(),
      }),
    );
    const { admissions, preempted } = look(waiting, { limits: held });
    expect(preempted).toEqual([]);
    const gone = admissions.flatMap(({ id, go }) => (go ? waiting.filter((one) => one.id === id) : []));
    const of = (what: "gpus" | "cores", is: (one: WaitingJob) => boolean) =>
      gone.filter(is).reduce((total, one) => total + one[what], 0);
    expect(gone.length).toBeLessThanOrEqual(9);
    expect(gone.filter(({ engineId }) => engineId === "local").length).toBeLessThanOrEqual(2);
    expect(of("cores", ({ engineId }) => engineId === "local")).toBeLessThanOrEqual(4);
    expect(of("gpus", ({ engineId }) => engineId === "ray")).toBeLessThanOrEqual(8);
    expect(of("gpus", ({ team }) => team === "a")).toBeLessThanOrEqual(3);
    expect(gone.reduce((total, { estimate }) => total + (estimate ?? 0), 0)).toBeLessThanOrEqual(300 - budget.spent);
  }
});

test("a used share halves each day, ends after a week, and goes by weight", () => {
  const day = 86_400;
  const at = 100 * day;
  const use = (from: number, to: number, changes = {}) => [{ team: "a", from, to, gpus: 1, cores: 0, ...changes }];
  const shares = (usages: ReturnType<typeof use>, weights = new Map<string, number>()) =>
    usedShares(usedMachineTime(usages, at), weights).get("a") ?? 0;
  const last = shares(use(at - 60, at));
  expect(last).toBeCloseTo(60, 1);
  expect(shares(use(at - day - 60, at - day)) / last).toBeCloseTo(0.5, 6);
  expect(shares(use(at - 9 * day, at - 8 * day))).toBe(0);
  expect(shares(use(at - 60, at), new Map([["a", 2]]))).toBeCloseTo(last / 2, 6);
  expect(shares(use(at - 60, at, { gpus: 0, cores: 32 }))).toBeCloseTo(last, 6);
});
