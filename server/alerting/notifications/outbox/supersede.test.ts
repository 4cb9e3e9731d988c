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

test("of a page that waits and its growth the newest is sent, since it contains it", () => {
  const next = nextOf([state("1", "firing", [a]), state("2", "firing", [a, b]), state("3", "firing", [a, b])], null);
  expect(names(next)).toEqual(["3", ["1", "2"]]);
});

test("a page that nobody got is sent before its acknowledgement and its end", () => {
  expect(names(nextOf([state("1", "firing", [a]), state("2", "acknowledged", [a])], null))).toEqual(["1", []]);
  expect(names(nextOf([state("1", "firing", [a]), state("2", "resolved", [endedA])], null))).toEqual(["1", []]);
});

test("a page is not replaced by a state in which another alert fires instead", () => {
  expect(names(nextOf([state("1", "firing", [a]), state("2", "firing", [endedA, b])], null))).toEqual(["1", []]);
});

test("once it was told that an alert fires, any newer state replaces an older one", () => {
  expect(names(nextOf([state("1", "firing", [a]), state("2", "resolved", [endedA])], episodesOf(a)))).toEqual([
    "2",
    ["1"],
  ]);
});

test("another episode of an alert that was told is a page of its own", () => {
  const again = { ...a, startsAt: new Date("2026-05-04T12:00:00Z") };
  expect(names(nextOf([state("1", "firing", [again]), state("2", "resolved", [ended(again)])], episodesOf(a)))).toEqual(
    ["1", []],
  );
});

test("ends that a state which is not sent tells of are told by the one that is", () => {
  const { message } = nextOf([state("1", "firing", [a, endedB]), state("2", "firing", [a])], episodesOf(a, b));
  expect(message.alerts).toEqual([a, endedB]);
});

test("an alert that fires again is not told as ended", () => {
  const { message } = nextOf([state("1", "firing", [a, endedB]), state("2", "firing", [a, b])], episodesOf(a, b));
  expect(message.alerts).toEqual([a, b]);
});

test("an acknowledgement is not lost in a firing state, which would leave PagerDuty calling", () => {
  expect(names(nextOf([state("1", "acknowledged", [a]), state("2", "firing", [a, b])], episodesOf(a)))).toEqual([
    "1",
    [],
  ]);
  expect(names(nextOf([state("1", "acknowledged", [a]), state("2", "resolved", [endedA])], episodesOf(a)))).toEqual([
    "2",
    ["1"],
  ]);
});

test("a page is not replaced by a ticket, nor a group by another with the same key, nor a call or a notice by anything", () => {
  const ticket = state("2", "firing", [a]);
  ticket.message.severity = "ticket";
  expect(names(nextOf([state("1", "firing", [a]), ticket], null))).toEqual(["1", []]);
  const other = state("2", "firing", [a], { groupId: "h" });
  expect(names(nextOf([state("1", "firing", [a]), other], episodesOf(a)))).toEqual(["1", []]);
  const call = state("1", "firing", [a], { kind: "escalation" });
  expect(names(nextOf([call, state("2", "firing", [a])], episodesOf(a)))).toEqual(["1", []]);
  expect(names(nextOf([state("1", "info", []), state("2", "firing", [a])], episodesOf(a)))).toEqual(["1", []]);
});
