import type { Chosen } from "../board-types.ts";

type Receipt = Chosen["receipts"][number];

/** Groups receipts by whom they are for: people first, each with the newest receipt of each channel first. */
export function groupReceipts(receipts: readonly Receipt[]): { to: string; isPerson: boolean; items: Receipt[] }[] {
  const groups = new Map<string, { to: string; isPerson: boolean; items: Receipt[] }>();
  for (const receipt of receipts) {
    const { to, isPerson } = receipt;
    const key = `${isPerson} ${to}`;
    const group = groups.get(key) ?? { to, isPerson, items: [] };
    group.items.push(receipt);
    groups.set(key, group);
  }
  return [...groups.values()].toSorted((one, other) => Number(other.isPerson) - Number(one.isPerson));
}
