import { expect, test } from "vitest";
import { figure, moneyText, pointsText, shareText } from "./figure.ts";

const plain = (text: string) => text.replaceAll("\u00a0", " ");

test("never rounds a share to 0% or 100%", () => {
  const shown = [0.9993, 0.884, 0.99999, 1, 0, 0.0001, 0.96].map((share) => plain(shareText(share)));
  expect(shown).toEqual(["99.93%", "88.4%", "> 99.99%", "100%", "0%", "< 0.1%", "96%"]);
});

test("formats money without decimals from 100, and with three below one", () => {
  const euro = moneyText("EUR");
  expect([euro(11_480.4), euro(0.1321), euro(1.12), euro(-42), euro(0.0001)]).toEqual([
    "€11,480",
    "€0.132",
    "€1.12",
    "−€42.00",
    "< €0.001",
  ]);
  expect(plain(moneyText("CHF")(12))).toBe("CHF 12.00");
});

test("formats a difference in percentage points with one decimal", () => {
  expect(plain(pointsText(-0.0461))).toBe("4.6 pp");
});

test("returns a reason and no number without a value, and no reason with one", () => {
  const common = { id: "x", definition: "objectives.met", href: "/slos", knownUntil: 0, text: shareText } as const;
  expect(figure({ ...common, value: null, reason: "labels due" })).toMatchObject({
    text: "–",
    reason: "labels due",
  });
  expect(figure({ ...common, value: 0.5, before: 0.25, reason: "labels due" })).toMatchObject({
    text: "50%",
    reason: null,
    before: { value: 0.25, text: "25%" },
  });
});
