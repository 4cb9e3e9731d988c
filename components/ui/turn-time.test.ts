import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import { TurnTime } from "./turn-time.tsx";

test("shows the start of a shift in the time zone of its schedule", () => {
  const at = new Date("2020-07-06T08:00:00Z");
  const shown = (timeZone: string) => renderToStaticMarkup(createElement(TurnTime, { at, timeZone }));
  expect(shown("Europe/Lisbon")).toContain("09:00<");
  expect(shown("Asia/Tokyo")).toContain("17:00<");
});
