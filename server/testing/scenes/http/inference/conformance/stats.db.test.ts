import { expect, test } from "vitest";
import { expectError } from "./ask.ts";
import { row, tensor } from "./bodies.ts";
import { openScene } from "./scene.ts";

const { ask, ctx, gateway, infer, refuse } = await openScene(["mlp", "id_fp32", "slow"]);

interface Stats {
  name: string;
  version: string;
  last_inference: number;
  inference_count: number;
  execution_count: number;
  inference_stats: Record<string, { count: number; ns: number }>;
  batch_stats: { batch_size: number; compute_infer: { count: number; ns: number } }[];
}
const statsOf = async (path: string): Promise<Stats[]> =>
  (await ask({ path: `/v2/models/${path}stats` })).json.model_stats;
const members = [
  "success",
  "fail",
  "queue",
  "compute_input",
  "compute_infer",
  "compute_output",
  "cache_hit",
  "cache_miss",
];

/** Every number in what perf_analyzer reads. */
function numbersIn(value: unknown): number[] {
  if (typeof value === "number") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(numbersIn) : [];
}

test("stats_shape", async () => {
  await infer("mlp", { inputs: [row] });
  const both = await statsOf("mlp/");
  expect(both.map(({ name, version }) => [name, version])).toEqual([
    ["mlp", "1"],
    ["mlp", "2"],
  ]);
  for (const stats of both) {
    expect(Object.keys(stats.inference_stats).sort()).toEqual([...members].sort());
    expect(stats).toMatchObject({ response_stats: {}, memory_usage: [] });
    const numbers = numbersIn(stats);
    expect(numbers.length).toBeGreaterThan(18);
    expect(numbers.filter((number) => !Number.isSafeInteger(number) || number < 0)).toEqual([]);
  }
  expect(await statsOf("mlp/versions/1/")).toEqual([both[0]]);
});

test("stats_counts", async () => {
  const [before] = await statsOf("mlp/versions/2/");
  await infer("mlp", { inputs: [tensor("x", "FP32", Array(32).fill(1), [8, 4])] });
  await refuse("mlp", { inputs: [] }, 400);
  const [after] = await statsOf("mlp/versions/2/");
  if (!before || !after) throw new Error("There are no statistics.");
  const grown = (name: string) =>
    (after.inference_stats[name]?.count ?? 0) - (before.inference_stats[name]?.count ?? 0);
  expect(after.inference_count - before.inference_count).toBe(8);
  expect(after.execution_count - before.execution_count).toBe(1);
  expect(members.map((name) => [name, grown(name)])).toEqual([
    ...["success", "fail", "queue", "compute_input", "compute_infer", "compute_output"].map((name) => [name, 1]),
    ...["cache_hit", "cache_miss"].map((name) => [name, 0]),
  ]);
  expect(after.last_inference).toBeGreaterThan(Date.now() - 60_000);
  expect(after.batch_stats.find(({ batch_size }) => batch_size === 8)).toMatchObject({
    compute_infer: { count: 1, ns: expect.any(Number) },
  });
  expect(after.inference_stats.success?.ns).toBeGreaterThan(before.inference_stats.success?.ns ?? 0);
});

test("stats_batching", async () => {
  const [before] = await statsOf("slow/");
  const run = (rows: number) =>
    infer("slow", { inputs: [tensor("x", "FP32", Array(rows * 512).fill(0), [rows, 512])] });
  const first = run(32);
  const pool = () => gateway.core.version(ctx, "slow").version.opened?.pool.state;
  await expect.poll(() => pool()?.running, { interval: 1, timeout: 10_000 }).toBe(1);
  // While the only worker is busy these two wait, and then run together.
  const two = [run(1), run(1)];
  await Promise.all([first, ...two]);
  const [after] = await statsOf("slow/");
  if (!before || !after) throw new Error("There are no statistics.");
  expect(after.execution_count - before.execution_count).toBe(2);
  expect(after.inference_count - before.inference_count).toBe(34);
  expect(after.batch_stats.find(({ batch_size }) => batch_size === 2)?.compute_infer.count).toBe(1);
});

test("stats_all", async () => {
  expect((await statsOf("")).map(({ name, version }) => `${name} ${version}`)).toEqual([
    "id_fp32 1",
    "mlp 1",
    "mlp 2",
    "slow 1",
  ]);
});

test("stats_unknown", async () => {
  for (const path of ["none", "mlp/versions/9"]) expectError(await ask({ path: `/v2/models/${path}/stats` }), 404);
});
