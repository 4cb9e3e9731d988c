import { expect, test } from "vitest";
import { hourMs, minuteMs } from "#server/base/durations.ts";
import { notifyAfterChange } from "#server/respond/paging/notify-after-change.ts";
import { inWorkspace } from "#server/testing/testing.ts";
import { flushDue } from "../../../respond/dispatch/alert-dispatcher.ts";
import { previewSilence } from "../../../respond/silences/preview-silence.ts";
import { setSilence } from "../../../respond/silences/set-silence.ts";
import { getAlert, listAlerts } from "../alert-queries.ts";
import { parseMatchers } from "../matchers/parse-matchers.ts";
import { receiveAlerts } from "../receive-alerts.ts";
import { defaultRouting } from "../routing/default-routing.ts";
import { listRoutingRevisions } from "../routing/queries.ts";
import { setRouting } from "../routing/set-routing.ts";
import { listAlertGroups } from "./queries.ts";

const alert = (alertname: string, pod: string, endsAt = new Date(Date.now() + 10 * hourMs)) => ({
  labels: { alertname, pod, severity: "ticket" },
  endsAt,
});

test(
  "finds open and resolved groups by the labels of their alerts",
  inWorkspace(async (ctx) => {
    const start = Date.now();
    await receiveAlerts(ctx, [alert("Drift", "a-1"), alert("Drift", "b-2"), alert("Lag", "b-3")], {
      afterChange: notifyAfterChange,
      source: "api",
    });
    const titles = async (text: string, more = {}) =>
      (await listAlertGroups(ctx, { matchers: parseMatchers(text), ...more })).groups.map(
        ({ summary }) => summary.title,
      );
    expect(await titles('pod=~"a-.*"')).toEqual(["Drift"]);
    expect((await titles('pod=~"b-.*"')).toSorted()).toEqual(["Drift", "Lag"]);
    // Both have to hold of the same alert.
    expect(await titles('alertname="Lag", pod="a-1"')).toEqual([]);

    await flushDue(ctx.db, start + minuteMs);
    await receiveAlerts(ctx, [alert("Lag", "b-3", new Date())], { afterChange: notifyAfterChange, source: "api" });
    await flushDue(ctx.db, start + 10 * minuteMs);
    expect(await titles('pod="b-3"', { states: ["resolved"] })).toEqual(["Lag"]);
    expect(await titles('pod="b-3"', { states: ["resolved"], endedSince: new Date(start + hourMs) })).toEqual([]);
    expect(await titles('pod="b-3"')).toEqual([]);
  }),
);

test(
  "previews a silence before it is set, and warns if it is too wide",
  inWorkspace(async (ctx) => {
    const pods = ["a", "b", "c"].map((pod) => alert(`Drift ${pod}`, pod));
    await receiveAlerts(ctx, pods, { afterChange: notifyAfterChange, source: "api" });
    const preview = (text: string) => previewSilence(ctx, { matchers: parseMatchers(text) });
    expect(await preview('pod="a"')).toEqual({ firing: 3, matched: 1, groups: 1, isWide: false });
    expect(await preview('pod=~"a|b"')).toEqual({ firing: 3, matched: 2, groups: 2, isWide: true });
    const wide = { matchers: parseMatchers('pod=~"a|b"'), startsAt: new Date(), endsAt: new Date(Date.now() + hourMs) };
    await expect(setSilence(ctx, { ...wide, comment: "x" })).rejects.toMatchObject({ field: "confirm" });
    const broken = [{ name: "pod", value: "(", isRegex: true }];
    await expect(previewSilence(ctx, { matchers: broken })).rejects.toMatchObject({ code: "invalid" });
  }),
);

test(
  "returns a resolved alert, and lists saved routings",
  inWorkspace(async (ctx) => {
    await receiveAlerts(ctx, [alert("Drift", "a")], { afterChange: notifyAfterChange, source: "api" });
    const [{ fingerprint = "" } = {}] = (await listAlerts(ctx)).alerts;
    await receiveAlerts(ctx, [alert("Drift", "a", new Date())], { afterChange: notifyAfterChange, source: "api" });
    expect(await getAlert(ctx, { fingerprint })).toMatchObject({ state: "resolved", labels: { pod: "a" } });
    await expect(getAlert(ctx, { fingerprint: "0123456789abcdef" })).rejects.toMatchObject({ code: "not-found" });

    expect(await listRoutingRevisions(ctx)).toEqual([]);
    for (const reason of ["first", "second"])
      await setRouting(ctx, { routing: defaultRouting, reason }, notifyAfterChange);
    expect(await listRoutingRevisions(ctx)).toMatchObject([
      { revision: 2, reason: "second", routing: defaultRouting },
      { revision: 1, reason: "first" },
    ]);
  }),
);
