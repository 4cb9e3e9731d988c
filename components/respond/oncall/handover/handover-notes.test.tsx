import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import { NowProvider } from "#components/ui/now.tsx";
import { HandoverNotes } from "./handover-notes.tsx";

test("states the shifts of earlier notes by date, in the time zone of the schedule", () => {
  const note = {
    id: "8f9d5c55-3a4d-4a43-8a53-0d9d0c9b7d01",
    scheduleId: "8f9d5c55-3a4d-4a43-8a53-0d9d0c9b7d02",
    schedule: "Primary",
    shiftFrom: new Date("2026-11-23T08:00Z"),
    shiftTo: new Date("2026-11-30T08:00Z"),
    body: "All quiet.",
    writtenBy: "Priya",
    updatedAt: new Date("2026-11-30T07:50Z"),
  };
  const markup = renderToStaticMarkup(
    <NowProvider now={Date.parse("2026-11-30T10:40Z")}>
      <HandoverNotes notes={[note]} timeZone="Asia/Tokyo" />
    </NowProvider>,
  );
  const times = [...markup.matchAll(/<time[^>]*>([^<]+)</g)].map(([, time]) => time);
  expect(times).toEqual(["23 Nov, 17:00", "17:00"]);
  expect(markup).toContain("(Asia/Tokyo), by Priya");
});
