import { expect, test } from "vitest";
import { InstallTemplate } from "#server/improve/training/templates/ready/contract.ts";
import { installedAs, readInstallDraft } from "./install-draft.ts";

const empty = { name: " ", engine: "", model: "", version: "", registerAs: "" };

test("leaves empty fields to the server", () => {
  expect(readInstallDraft("digits", empty)).toEqual({ template: "digits" });
  const full = { name: "int8 ", engine: "local", model: "digits", version: "3", registerAs: "small" };
  expect(readInstallDraft("quantise", full)).toEqual({
    template: "quantise",
    name: "int8",
    engine: "local",
    source: { name: "digits", version: 3 },
    registerAs: "small",
  });
  // What is no number is for the server to refuse.
  const input = readInstallDraft("quantise", { ...full, version: "newest" });
  expect(InstallTemplate.safeParse(input).success).toBe(false);
});

test("finds what a ready template was installed as", () => {
  const templates = ["Train digits", "Quantise to int8: digits 3", "Quantise to int8 again", "Quantise to int8"];
  expect(installedAs("Quantise to int8", templates)).toEqual(["Quantise to int8: digits 3", "Quantise to int8"]);
});
