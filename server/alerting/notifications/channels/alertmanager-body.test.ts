import { expect, test } from "vitest";
import { newOutgoing, publicUrl } from "../../../testing/fixtures/notifications/channels/testing.ts";
import { newAlert, newMessage } from "../../../testing/fixtures/notifications/testing.ts";
import { quoteMeta, toAlertmanager } from "./alertmanager-body.ts";

const body = (more: Parameters<typeof newMessage>[0], maxAlerts = 0) =>
  toAlertmanager(newOutgoing({ message: newMessage(more) }), { publicUrl, maxAlerts });

test("writes the version 4 body exactly as in the reference", () => {
  const alert = newAlert("X", {
    labels: {},
    annotations: {},
    generatorUrl: "",
    startsAt: new Date("2026-05-04T10:00:00.000Z"),
    fingerprint: "8a07086b74f3ba78",
  });
  const message = newMessage({
    receiver: "web.hook",
    groupLabels: {},
    groupKey: '{}:{alertname="X"}',
    alerts: [alert],
  });
  expect(JSON.stringify(toAlertmanager(newOutgoing({ message }), { publicUrl: "", maxAlerts: 0 }))).toBe(
    '{"receiver":"web\\\\.hook","status":"firing","alerts":[{"status":"firing","labels":{},"annotations":{},' +
      '"startsAt":"2026-05-04T10:00:00.000Z","endsAt":"0001-01-01T00:00:00Z","generatorURL":"","fingerprint":"8a07086b74f3ba78"}],' +
      '"notification_reason":"first notification","groupLabels":{},"commonLabels":{},"commonAnnotations":{},' +
      '"routeLabels":{},"externalURL":"","version":"4","groupKey":"{}:{alertname=\\"X\\"}","truncatedAlerts":0}',
  );
});

test("writes shared labels as common, and the number of truncated alerts", () => {
  const alerts = [newAlert("a"), newAlert("b"), newAlert("c", { status: "resolved", endsAt: new Date(1000) })];
  expect(body({ alerts }, 2)).toMatchObject({
    status: "firing",
    alerts: [{ generatorURL: "https://leeway.example.org/slos/churn" }, { status: "firing" }],
    commonLabels: { service: "churn", severity: "page" },
    commonAnnotations: {},
    truncatedAlerts: 1,
  });
  expect(body({ alerts: alerts.slice(2) })).toMatchObject({
    status: "resolved",
    alerts: [{ endsAt: "1970-01-01T00:00:01.000Z" }],
  });
});

test("derives the status from all alerts, including truncated ones", () => {
  const ended = newAlert("c", { status: "resolved", endsAt: new Date(1000) });
  expect(body({ alerts: [ended, newAlert("a")] }, 1)).toMatchObject({ status: "firing", truncatedAlerts: 1 });
});

test("quotes a receiver as Go does", () => {
  expect(quoteMeta("web.hook (EU)+[1]-a_b")).toBe("web\\.hook \\(EU\\)\\+\\[1\\]-a_b");
});

test("sends a notice as one resolved alert", () => {
  expect(body({ alerts: [], status: "info" })).toMatchObject({
    status: "resolved",
    alerts: [{ status: "resolved", labels: { alertname: "LeewayNotice" } }],
  });
});
