import { reportLocksBy } from "#server/base/lock-order.ts";

// A transaction that locks against the order can deadlock with another one, at night and under load. Here it fails at once.
reportLocksBy((kind, before) => {
  throw new Error(`A transaction locks "${kind}" after "${before.join(", ")}". See server/base/lock-order.ts.`);
});
