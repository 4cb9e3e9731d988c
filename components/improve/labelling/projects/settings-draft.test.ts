import { describe, expect, test } from "vitest";
import { LabelSettings } from "#server/improve/labelling/contract.ts";
import { readSettingsDraft, type SettingsDraft, toSettingsDraft } from "./settings-draft.ts";

const settings = LabelSettings.parse({ overlapShare: 0.07, weightField: "amount", hiddenFields: ["card"] });
const read = (part: Partial<SettingsDraft>) => readSettingsDraft({ ...toSettingsDraft(settings), ...part });

describe("settings of a label project", () => {
  test("come back from their form unchanged", () => {
    expect(read({})).toEqual({ settings, complaints: {} });
  });

  test.each<[Partial<SettingsDraft>, Partial<LabelSettings>]>([
    [{ stop: 99 }, { stop: 0.99 }],
    [{ leaseMinutes: 2.5 }, { leaseSeconds: 150 }],
    [{ weightField: " " }, { weightField: null }],
  ])("are read from %j", (part, expected) => {
    expect(read(part).settings).toEqual({ ...settings, ...expected });
  });

  test.each<[Partial<SettingsDraft>, string, string]>([
    [{ auditShare: 5 }, "auditShare", "Must be 10% to 100%."],
    [{ stop: "" }, "stop", "Must be 50% to 99.99%."],
    [{ leaseMinutes: 0 }, "leaseMinutes", "Must be 0.5 to 60 minutes."],
    [{ minAnswers: 6 }, "maxAnswers", "Must be at least the minimum."],
    [{ maxAnswers: 2.5 }, "maxAnswers", "Must be a whole number from 1 to 20."],
  ])("complain about %j", (part, field, message) => {
    expect(read(part)).toEqual({ complaints: { [field]: message } });
  });
});
