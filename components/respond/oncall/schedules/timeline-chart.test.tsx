import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import { NowProvider } from "#components/ui/now.tsx";
import type { Timeline } from "#server/respond/oncall/schedules/contract.ts";
import { TimelineChart } from "./timeline-chart.tsx";

const priya = { userId: "4b0f4a3c-3d8e-4c57-9a0e-0a3f4d9d3c11", name: "Priya", email: "priya@people.test" };

function shift(from: string, to: string) {
  return { userId: priya.userId, from: new Date(from), to: new Date(to), layer: "Primary", overrideId: null };
}

test("offers an override of the current and later shifts, not of one that has ended", () => {
  const shifts = [
    shift("2026-11-30T00:00Z", "2026-11-30T09:00Z"),
    shift("2026-11-30T09:00Z", "2026-12-07T09:00Z"),
    shift("2026-12-07T09:00Z", "2026-12-14T00:00Z"),
  ];
  const timeline: Timeline = {
    from: new Date("2026-11-30T00:00Z"),
    to: new Date("2026-12-14T00:00Z"),
    days: [],
    layers: [{ name: "Primary", shifts }],
    final: shifts,
    gaps: [],
    warnings: [],
    people: [{ ...priya, isDisabled: false }],
  };
  const markup = renderToStaticMarkup(
    <NowProvider now={Date.parse("2026-11-30T10:40Z")}>
      <TimelineChart timeline={timeline} timeZone="UTC" onChoose={() => undefined} />
    </NowProvider>,
  );
  const offered = [...markup.matchAll(/aria-label="([^"]+): override or swap"/g)].map(([, label]) => label);
  expect(offered).toEqual([
    "Priya, Mon 30 Nov, 09:00 to Mon 7 Dec, 09:00",
    "Priya, Mon 7 Dec, 09:00 to Mon 14 Dec, 00:00",
  ]);
});
