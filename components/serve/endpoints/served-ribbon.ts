import type { RibbonPart } from "#components/charts/ribbon.tsx";
import { styleVersions } from "#components/charts/series-style.ts";
import type { Wire } from "#components/ui/wire.ts";
import type { Deployment } from "#server/serve/endpoints/contract.ts";
import { servedSpans } from "./traffic-series.ts";

/** Returns which version of an endpoint served when, in the colours of the versions. @param history newest first */
export function servedRibbon(
  history: readonly Pick<Wire<Deployment>, "modelName" | "version" | "deployedAt">[],
  range: { from: number; to: number },
): RibbonPart[] {
  const spans = servedSpans(history, range);
  // The colours of another model than the one that served last begin at the fourth.
  const styles = styleVersions(spans.toReversed()).reverse();
  return spans.map(({ from, to, label }, index) => ({
    from,
    to,
    label,
    colour: styles[index]?.colour ?? "",
    opacity: styles[index]?.opacity,
  }));
}
