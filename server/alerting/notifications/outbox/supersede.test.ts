import { expect, test } from "vitest";
import { newAlert, newMessage } from "../../../testing/fixtures/notifications/testing.ts";
import type { Message } from "../contract.ts";
import { episodeOf, nextOf, type Waiting } from "./supersede.ts";

const [a, b] = [newAlert("a"), newAlert("b")];
const ended = (alert: typeof a) => ({ ...alert, status: "resolved" as const, endsAt: new Date() });
const [endedA, endedB] = [ended(a), ended(b)];

function state(id: string, status: Message["status"], alerts: Message["alerts"], more: Partial<Waiting> = {}): Waiting {
  const kind = status === "acknowledged" ? "acknowledged" : "group";
  return { id, kind, groupId: "g", message: newMessage({ status, alerts }), ...more };
}
const episodesOf = (...alerts: Message["alerts"]) => new Set(alerts.map(episodeOf));
const names = ({ id, superseded }: ReturnType<typeof nextOf>) => [id, superseded];

test("sends the newest state of a pending page that contains the older ones", () => {
  const next = nextOf([state("1", "firing", [a]), state("2", "firing", [a, b]), state("3", "firing", [a, b])], null);
  expect(names(next)).toEqual(["3", ["1", "2"]]);
});

test("sends an undelivered page before its acknowledgement and its resolution", () => {
  expect(names(nextOf([state("1", "firing", [a]), state("2", "acknowledged", [a])], null))).toEqual(["1", []]);
  expect(names(nextOf([state("1", "firing", [a]), state("2", "resolved", [endedA])], null))).toEqual(["1", []]);
});

test("does not replace a page with a state in which another alert is firing", () => {
  expect(names(nextOf([state("1", "firing", [a]), state("2", "firing", [endedA, b])], null))).toEqual(["1", []]);
});

test("replaces older states with newer ones once the firing alert was sent", () => {
  expect(names(nextOf([state("1", "firing", [a]), state("2", "resolved", [endedA])], episodesOf(a)))).toEqual([
    "2",
    ["1"],
  ]);
});

test("sends another episode of a notified alert as a page of its own", () => {
  const again = { ...a, startsAt: new Date("2026-05-04T12:00:00Z") };
  expect(names(nextOf([state("1", "firing", [again]), state("2", "resolved", [ended(again)])], episodesOf(a)))).toEqual(
    ["1", []],
  );
});

test("includes resolutions of a skipped state in the one that is sent", () => {
  const { message } = nextOf([state("1", "firing", [a, endedB]), state("2", "firing", [a])], episodesOf(a, b));
  expect(message.alerts).toEqual([a, endedB]);
});

test("does not report an alert as resolved that is firing again", () => {
  const { message } = nextOf([state("1", "firing", [a, endedB]), state("2", "firing", [a, b])], episodesOf(a, b));
  expect(message.alerts).toEqual([a, b]);
});

test("does not drop an acknowledgement for a firing state, so that PagerDuty stops escalating", () => {
  expect(names(nextOf([state("1", "acknowledged", [a]), state("2", "firing", [a, b])], episodesOf(a)))).toEqual([
    "1",
    [],
  ]);
  expect(names(nextOf([state("1", "acknowledged", [a]), state("2", "resolved", [endedA])], episodesOf(a)))).toEqual([
    "2",
    ["1"],
  ]);
});

test("does not replace a page by a ticket, a group by another with the same key, or an escalation or notice", () => {
  const ticket = state("2", "firing", [a]);
  ticket.message.severity = "ticket";
  expect(names(nextOf([state("1", "firing", [a]), ticket], null))).toEqual(["1", []]);
  const other = state("2", "firing", [a], { groupId: "h" });
  expect(names(nextOf([state("1", "firing", [a]), other], episodesOf(a)))).toEqual(["1", []]);
  const call = state("1", "firing", [a], { kind: "escalation" });
  expect(names(nextOf([call, state("2", "firing", [a])], episodesOf(a)))).toEqual(["1", []]);
  expect(names(nextOf([state("1", "info", []), state("2", "firing", [a])], episodesOf(a)))).toEqual(["1", []]);
});
