import { formatPercent } from "#components/ui/format.ts";
import { money } from "#components/watch/cost/money-text.ts";
import type { EndpointCosts } from "#server/watch/cost/endpoint/contract.ts";

/** Differences below this share are within what two weeks of traffic vary by. */
const minShare = 0.01;

/**
 * Describes what 1,000 predictions of the candidate cost beside those of the champion, by the price book: "€0.019 per 1,000 predictions, 39% less than
 * v2". @returns undefined where either is not known yet
 */
export function describeSaving(
  { versions, currency }: Pick<EndpointCosts, "versions" | "currency">,
  { model, champion, candidate }: { model: string; champion: number; candidate: number },
): string | undefined {
  const costOf = (version: number) =>
    versions.find((one) => one.modelName === model && one.version === version)?.perThousand ?? null;
  const [before, after] = [costOf(champion), costOf(candidate)];
  if (before === null || after === null || before <= 0 || currency === null) return undefined;
  const share = 1 - after / before;
  const amount = `${money(after, currency)} per 1,000 predictions`;
  if (Math.abs(share) < minShare) return `${amount}, as much as v${champion}`;
  return `${amount}, ${formatPercent(Math.abs(share), { decimals: 0 })} ${share > 0 ? "less" : "more"} than v${champion}`;
}
