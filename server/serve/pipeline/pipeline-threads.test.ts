import { expect, onTestFinished, test } from "vitest";
import { configureLog } from "#server/base/log.ts";
import { Pipeline } from "#server/develop/registry/pipeline/definition.ts";
import { PipelineThreads } from "./pipeline-threads.ts";

configureLog({ role: "test", level: "silent" });

const target = { name: "image", datatype: "FP32" as const, shape: ["N", 3, 300, 300] };
const definition = Pipeline.parse({
  before: [{ kind: "image", name: "picture", into: "image", steps: [{ step: "decode" }] }],
});

/** Starts one thread; `run` queues work of a tenant, and `ended` lists the tenants of what has ended. */
function threadOf() {
  const threads = new PipelineThreads(1);
  onTestFinished(() => threads.close());
  const ended: string[] = [];
  const run = async (tenant: string) => {
    const work = { kind: "warm-up" as const, targets: [target] };
    await threads.run(tenant, { definition, digest: "a" }, work, performance.now() + 60_000);
    ended.push(tenant);
  };
  return { run, ended };
}

test("does not let a tenant with many images hold up another", async () => {
  const { run, ended } = threadOf();
  const flood = Array.from({ length: 30 }, () => run("many").catch(() => {}));
  await run("one");
  expect(ended.filter((tenant) => tenant === "many").length).toBeLessThan(5);
  await Promise.all(flood);
});

test("rejects more work of the tenant that fills the queue, and accepts that of others", async () => {
  const { run } = threadOf();
  const flood = Array.from({ length: 300 }, () =>
    run("many").then(
      () => "done",
      (error: Error) => error.message,
    ),
  );
  const other = run("one").then(() => "done");
  expect(await other).toBe("done");
  const refused = await Promise.race([flood.at(-1), other]);
  expect(refused).toContain("are already waiting for preprocessing");
});
