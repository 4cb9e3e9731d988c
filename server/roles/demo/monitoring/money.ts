import { type DemoTarget, send } from "../client.ts";

/** About what a small machine of a cloud costs, by core. */
const prices = [
  { item: "core-hour", amount: 0.05 },
  { item: "gpu-hour", amount: 1.2 },
  { item: "gb-month", amount: 0.023 },
];
const monthlyBudgets: Record<string, number> = { "flight-delay": 20, digits: 25 };

/**
 * Prices, and what may be spent in a month: of all, and of two endpoints. What is set already stays as it is.
 * @param from start of the first day with a price, in milliseconds since 1970: the demo's past cost something, too
 */
export async function ensureMoney(target: DemoTarget, from: number): Promise<void> {
  const { budgets } = await send<{ budgets: unknown[] }>(target, "GET", `${target.url}/api/v1/cost-budgets`);
  if (budgets.length > 0) return;
  const reason = "Assumed machine prices for the demo";
  await send(target, "POST", `${target.url}/api/v1/prices`, {
    prices,
    currency: "EUR",
    from: new Date(from).toISOString(),
    reason,
  });
  const fromMonth = new Date(from).toISOString().slice(0, 7);
  const budget = (amount: number, of: { endpointId?: string } = {}) =>
    send(target, "POST", `${target.url}/api/v1/cost-budgets`, { amount, ...of, fromMonth, reason: "Demo budget" });
  await budget(90);
  for (const [name, amount] of Object.entries(monthlyBudgets)) {
    const { id } = await send<{ id: string }>(target, "GET", `${target.url}/api/v1/endpoints/${name}`);
    await budget(amount, { endpointId: id });
  }
}
