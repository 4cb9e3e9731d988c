import { getAlert, listAlerts } from "#server/alerting/alerts/alert-queries.ts";
import { getAlertGroup, listAlertGroups } from "#server/alerting/alerts/groups/queries.ts";
import { listAlertEvents } from "#server/alerting/alerts/history/queries.ts";
import { receiveAlerts } from "#server/alerting/alerts/receive-alerts.ts";
import { defaultRouting } from "#server/alerting/alerts/routing/default-routing.ts";
import { getRouting, listRoutingRevisions } from "#server/alerting/alerts/routing/queries.ts";
import { setRouting } from "#server/alerting/alerts/routing/set-routing.ts";
import { testRoute } from "#server/alerting/alerts/routing/test-route.ts";
import { hourMs } from "#server/base/durations.ts";
import { acknowledgeGroup } from "#server/respond/acknowledgement/acknowledge-group.ts";
import { unacknowledgeGroup } from "#server/respond/acknowledgement/unacknowledge-group.ts";
import { traceAlert } from "#server/respond/alert-trace/trace-alert.ts";
import { notifyAfterChange } from "#server/respond/paging/notify-after-change.ts";
import { createSilenceRecurrence } from "#server/respond/silences/create-silence-recurrence.ts";
import { endSilenceRecurrence } from "#server/respond/silences/end-silence-recurrence.ts";
import { expireSilence } from "#server/respond/silences/expire-silence.ts";
import { previewSilence } from "#server/respond/silences/preview-silence.ts";
import { getSilence, listSilenceRecurrences, listSilences } from "#server/respond/silences/queries.ts";
import { setSilence } from "#server/respond/silences/set-silence.ts";
import type { Calls } from "./call.ts";

const matchers = [{ name: "alertname", value: "Nothing", isRegex: false }];
const comment = "x";

/** Alerts, their groups, silences and routes. */
export const alertsCalls = {
  receiveAlerts: (ctx) =>
    receiveAlerts(ctx, [{ labels: { alertname: "New" } }], { afterChange: notifyAfterChange, source: "api" }),
  listAlerts: (ctx) => listAlerts(ctx, { state: "all" }),
  getAlert: (ctx, { fingerprint }) => getAlert(ctx, { fingerprint }),
  listAlertGroups: (ctx) => listAlertGroups(ctx),
  getAlertGroup: (ctx, { alertGroupId }) => getAlertGroup(ctx, { groupId: alertGroupId }),
  acknowledgeGroup: (ctx, { alertGroupId }) => acknowledgeGroup(ctx, { groupId: alertGroupId }),
  unacknowledgeGroup: (ctx, { alertGroupId }) => unacknowledgeGroup(ctx, { groupId: alertGroupId }),
  listAlertEvents: (ctx, { alertGroupId }) => listAlertEvents(ctx, { groupId: alertGroupId }),
  traceAlert: (ctx, { fingerprint }) => traceAlert(ctx, { fingerprint }),
  listSilences: (ctx) => listSilences(ctx),
  getSilence: (ctx, { silenceId }) => getSilence(ctx, { silenceId }),
  previewSilence: (ctx) => previewSilence(ctx, { matchers }),
  setSilence: (ctx, { silenceId }) => {
    const now = Date.now();
    const times = { startsAt: new Date(now), endsAt: new Date(now + hourMs) };
    return setSilence(ctx, { id: silenceId, matchers, ...times, comment });
  },
  expireSilence: (ctx, { silenceId }) => expireSilence(ctx, { silenceId }),
  listSilenceRecurrences: (ctx) => listSilenceRecurrences(ctx),
  createSilenceRecurrence: (ctx) =>
    createSilenceRecurrence(ctx, { matchers, rule: "FREQ=DAILY", startsAt: new Date(), durationMs: hourMs, comment }),
  endSilenceRecurrence: (ctx, { silenceRecurrenceId }) =>
    endSilenceRecurrence(ctx, { recurrenceId: silenceRecurrenceId }),
  getRouting: (ctx) => getRouting(ctx),
  listRoutingRevisions: (ctx) => listRoutingRevisions(ctx),
  setRouting: (ctx) => setRouting(ctx, { routing: defaultRouting, reason: "x" }, notifyAfterChange),
  testRoute: (ctx) => testRoute(ctx, { labels: { alertname: "Alarm" } }),
} as const satisfies Calls;
