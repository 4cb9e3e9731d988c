import { postCounts } from "#server/slo/rollup/post-counts.ts";
import type { Calls } from "./call.ts";

export const sloCalls = {
  postCounts: (ctx, { model, version }) =>
    postCounts(ctx, { source: "shop", counts: [{ minute: new Date(), good: 1, total: 2, model, version }] }),
} as const satisfies Calls;
