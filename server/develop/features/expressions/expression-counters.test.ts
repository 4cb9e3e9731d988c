import { register } from "prom-client";
import { expect, test } from "vitest";

type Module = typeof import("./expression-counters.ts");

test("counts into one metric where the module is loaded twice, as pages do", async () => {
  // Another name is another copy. To reset all modules would register the metrics of other tests twice.
  const copies = ["./expression-counters.ts?served", "./expression-counters.ts?bundled"];
  const [first, second] = await Promise.all(copies.map((copy): Promise<Module> => import(copy)));
  expect(first?.countNulls).not.toBe(second?.countNulls);
  const column = { name: "a", type: "int64" as const, values: [null], failures: new Map(), nullOperands: 1 };
  const before = await countOf("null operand");
  first?.countNulls("arrival", [column]);
  second?.countNulls("arrival", [column]);
  expect((await countOf("null operand")) - before).toBe(2);
});

async function countOf(cause: string): Promise<number> {
  const metric = await register.getSingleMetric("leeway_feature_expression_nulls_total")?.get();
  return metric?.values.find(({ labels }) => labels.cause === cause && labels.at === "arrival")?.value ?? 0;
}
