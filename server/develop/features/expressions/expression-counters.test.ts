import { register } from "prom-client";
import { expect, test } from "vitest";
import { countNulls } from "./expression-counters.ts";

test("counts into one metric where the module is loaded twice, as pages do", async () => {
  // Another name is another copy of the module. To reset all modules would register the metrics of other tests twice.
  const copy = "./expression-counters.ts?copy";
  const bundled: typeof import("./expression-counters.ts") = await import(copy);
  expect(bundled.countNulls).not.toBe(countNulls);
  const column = { name: "a", type: "int64" as const, values: [null], failures: new Map(), nullOperands: 1 };
  const before = await countOf("null operand");
  countNulls("arrival", [column]);
  bundled.countNulls("arrival", [column]);
  expect((await countOf("null operand")) - before).toBe(2);
});

async function countOf(cause: string): Promise<number> {
  const metric = await register.getSingleMetric("leeway_feature_expression_nulls_total")?.get();
  return metric?.values.find(({ labels }) => labels.cause === cause && labels.at === "arrival")?.value ?? 0;
}
