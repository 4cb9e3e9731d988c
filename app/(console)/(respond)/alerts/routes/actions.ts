"use server";

import { act } from "#app/_lib/action.ts";
import { parseMatchers } from "#server/alerting/alerts/matchers/parse-matchers.ts";
import type { SetRouting } from "#server/alerting/alerts/routing/contract.ts";
import { setRouting } from "#server/alerting/alerts/routing/set-routing.ts";
import { testRoute } from "#server/alerting/alerts/routing/test-route.ts";
import { notifyAfterChange } from "#server/respond/paging/notify-after-change.ts";
import { labelsOf } from "./labels-of.ts";

export async function testRouteAction(labels: string) {
  return act((ctx) => testRoute(ctx, { labels: labelsOf(labels) }));
}

export async function parseMatchersAction(text: string) {
  return act(async () => (text.trim() === "" ? [] : parseMatchers(text)));
}

export async function setRoutingAction(input: SetRouting) {
  return act(async (ctx) => {
    await setRouting(ctx, input, notifyAfterChange);
  });
}
