import { expect, test } from "vitest";
import { hourMs, minuteMs } from "#server/base/durations.ts";
import { decideFold, type FoldCandidate, type FoldedAlert } from "./decide-fold.ts";

const t = Date.UTC(2026, 10, 30, 2);

const incident = (more: Partial<FoldCandidate> = {}): FoldCandidate => ({
  id: `incident ${more.number ?? 1}`,
  number: 1,
  isOpen: true,
  createdAt: t,
  startedAt: t - 4 * minuteMs,
  detectedAt: t,
  resolvedAt: null,
  isOfEndpoint: false,
  isOfComposite: false,
  isOfSlo: false,
  sharedCauses: [],
  ...more,
});
const page = (at: number, sharedCauses: string[] = []): FoldedAlert => ({ severity: "page", at, sharedCauses });
const ticket = (at: number, sharedCauses: string[] = []): FoldedAlert => ({ severity: "ticket", at, sharedCauses });
const version = "version:churn version 11";
const ofEndpoint = { isOfEndpoint: true };
const ofCause = { sharedCauses: ["node:gpu-7", version] };
const resolved = { isOpen: false, resolvedAt: t + 20 * minuteMs };

test.each<[string, FoldedAlert, Partial<FoldCandidate>, "endpoint" | "composite" | "cause" | null]>([
  ["a page of the endpoint within an hour", page(t + 59 * minuteMs), ofEndpoint, "endpoint"],
  ["not a page an hour later", page(t + 61 * minuteMs), ofEndpoint, null],
  ["a ticket of the endpoint near its detection", ticket(t + 15 * minuteMs), ofEndpoint, "endpoint"],
  ["a ticket shortly before its start", ticket(t - 19 * minuteMs), ofEndpoint, "endpoint"],
  ["not an older ticket", ticket(t - 20 * minuteMs), ofEndpoint, null],
  ["not a later ticket", ticket(t + 16 * minuteMs), ofEndpoint, null],
  ["a later ticket of the same SLO", ticket(t + 9 * hourMs), { ...ofEndpoint, isOfSlo: true }, "endpoint"],
  ["an alert of a composite", page(t + 30 * minuteMs), { isOfComposite: true }, "composite"],
  ["a ticket of a composite", ticket(t + 5 * minuteMs), { isOfComposite: true }, "composite"],
  ["a page with the same cause", page(t + 15 * minuteMs, [version]), ofCause, "cause"],
  ["a ticket with the same cause", ticket(t, [version]), ofCause, "cause"],
  ["not one with the same cause later", page(t + 16 * minuteMs, [version]), ofCause, null],
  ["not one with another cause", page(t, ["version:churn version 12"]), ofCause, null],
  ["not one without a cause", page(t), { sharedCauses: [] }, null],
  ["a new page within 30 min of resolving", page(t + 50 * minuteMs), { ...ofEndpoint, ...resolved }, "endpoint"],
  ["a new ticket within 30 min of resolving", ticket(t + 50 * minuteMs), { ...ofEndpoint, ...resolved }, "endpoint"],
  ["not one after 30 min", page(t + 51 * minuteMs), { ...ofEndpoint, ...resolved }, null],
  ["not a ticket from before the resolution", ticket(t + 19 * minuteMs), { ...ofEndpoint, ...resolved }, null],
  ["no cause reopens one", page(t + 10 * minuteMs, [version]), { ...ofCause, ...resolved }, null],
])("folds %s", (_, alert, more, why) => {
  expect(decideFold(alert, [incident(more)])?.why ?? null).toBe(why);
});

test("prefers the endpoint to a composite, that to a cause, and then the newest", () => {
  const candidates = [
    incident({ number: 4, ...ofCause }),
    incident({ number: 3, isOfComposite: true }),
    incident({ number: 2, ...ofEndpoint }),
    incident({ number: 1, ...ofEndpoint }),
  ];
  expect(decideFold(page(t, [version]), candidates)?.incident.number).toBe(2);
  expect(decideFold(page(t, [version]), candidates.slice(0, 2))?.incident.number).toBe(3);
  expect(decideFold(page(t, [version]), [incident({ number: 5, ...ofCause }), ...candidates.slice(0, 1)])).toEqual({
    incident: incident({ number: 5, ...ofCause }),
    why: "cause",
    causeKey: version,
  });
});
