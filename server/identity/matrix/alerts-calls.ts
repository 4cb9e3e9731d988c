import { getAlert, listAlerts } from "#server/alerts/alert-queries.ts";
import { acknowledgeGroup } from "#server/alerts/groups/acknowledge-group.ts";
import { getAlertGroup, listAlertGroups } from "#server/alerts/groups/queries.ts";
import { unacknowledgeGroup } from "#server/alerts/groups/unacknowledge-group.ts";
import { listAlertEvents } from "#server/alerts/history/queries.ts";
import { receiveAlerts } from "#server/alerts/receive-alerts.ts";
import { defaultRouting } from "#server/alerts/routing/default-routing.ts";
import { getRouting, listRoutingRevisions } from "#server/alerts/routing/queries.ts";
import { setRouting } from "#server/alerts/routing/set-routing.ts";
import { testRoute } from "#server/alerts/routing/test-route.ts";
import { createSilenceRecurrence } from "#server/alerts/silences/create-silence-recurrence.ts";
import { endSilenceRecurrence } from "#server/alerts/silences/end-silence-recurrence.ts";
import { expireSilence } from "#server/alerts/silences/expire-silence.ts";
import { previewSilence } from "#server/alerts/silences/preview-silence.ts";
import { getSilence, listSilenceRecurrences, listSilences } from "#server/alerts/silences/queries.ts";
import { setSilence } from "#server/alerts/silences/set-silence.ts";
import { traceAlert } from "#server/alerts/trace/trace-alert.ts";
import type { Calls } from "./call.ts";

const matchers = [{ name: "alertname", value: "Nothing", isRegex: false }];
const comment = "x";
const hourMs = 3_600_000;

/** Alerts, their groups, silences and routes. */
export const alertsCalls = {
  receiveAlerts: (ctx) => receiveAlerts(ctx, [{ labels: { alertname: "New" } }], { source: "api" }),
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
  setRouting: (ctx) => setRouting(ctx, { routing: defaultRouting, reason: "x" }),
  testRoute: (ctx) => testRoute(ctx, { labels: { alertname: "Alarm" } }),
} as const satisfies Calls;
