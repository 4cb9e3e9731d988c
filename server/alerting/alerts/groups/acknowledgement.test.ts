import { expect, test } from "vitest";
import { hourMs } from "#server/base/durations.ts";
import { acknowledge, acknowledgementStep } from "./acknowledgement.ts";

const ana = { by: "Ana", userId: null, note: "", until: undefined, firing: ["a"], severity: "page", now: 0 };

test("assigns the first acknowledging user, and records others once each", () => {
  const { acknowledgement, isFirst } = acknowledge(null, ana);
  expect([isFirst, acknowledgement]).toEqual([
    true,
    expect.objectContaining({ by: "Ana", until: 2 * hourMs, fingerprints: ["a"] }),
  ]);
  const second = acknowledge(acknowledgement, { ...ana, by: "Bo", now: 5 });
  const third = acknowledge(second.acknowledgement, { ...ana, by: "Bo", now: 6 });
  expect(third).toMatchObject({
    isFirst: false,
    acknowledgement: { by: "Ana", alsoInvestigating: [{ by: "Bo", at: 6 }] },
  });
});

test("lets the assignee include new alerts and extend the acknowledgement", () => {
  const { acknowledgement } = acknowledge(null, { ...ana, note: "looking" });
  const again = acknowledge(acknowledgement, { ...ana, firing: ["a", "b"], now: hourMs });
  expect(again).toMatchObject({
    isFirst: false,
    acknowledgement: { fingerprints: ["a", "b"], until: 3 * hourMs, note: "looking", at: 0 },
  });
  expect(acknowledge(null, { ...ana, severity: "ticket" }).acknowledgement.until).toBe(72 * hourMs);
  expect(acknowledge(null, { ...ana, until: 7 }).acknowledgement.until).toBe(7);
});

test("ends with the alerts, on escalation to a page, and ten minutes after a reminder", () => {
  const ticket = { until: 100, severity: "ticket", remindedAt: null };
  const group = { firing: 1, severity: "ticket", now: 50 };
  expect(acknowledgementStep(ticket, group)).toBe("holds");
  expect(acknowledgementStep(ticket, { ...group, firing: 0 })).toBe("all alerts resolved");
  expect(acknowledgementStep(ticket, { ...group, severity: "critical" })).toBe("severity increased");
  expect(acknowledgementStep({ ...ticket, severity: "page" }, { ...group, severity: "critical" })).toBe("holds");
  expect(acknowledgementStep(ticket, { ...group, now: 100 })).toBe("remind");
  const reminded = { ...ticket, remindedAt: 100 };
  expect(acknowledgementStep(reminded, { ...group, now: 100 + 599_999 })).toBe("holds");
  expect(acknowledgementStep(reminded, { ...group, now: 100 + 600_000 })).toBe("acknowledgement expired");
});
