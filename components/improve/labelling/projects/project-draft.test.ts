import { describe, expect, test } from "vitest";
import { newProjectDraft, type ProjectDraft, readProjectDraft, withKind, withShown } from "./project-draft.ts";

const read = (part: Partial<ProjectDraft>) =>
  readProjectDraft({ ...newProjectDraft, name: "parcels", classes: "dent\n tear \n\n", ...part });

describe("the form of a label project", () => {
  test("creates a project with classes, one a line", () => {
    expect(read({ question: " What is it? ", endpoint: "parcel-damage" })).toEqual({
      complaints: {},
      input: {
        name: "parcels",
        endpoint: "parcel-damage",
        taskKind: "class",
        classes: ["dent", "tear"],
        shown: [{ name: "image", kind: "image", field: "image" }],
        question: "What is it?",
        guideline: { text: "" },
      },
    });
  });

  test("settles items at once where one label is enough", () => {
    expect(read({ labels: "one" }).input).toMatchObject({ settings: { minAnswers: 1, maxAnswers: 1 } });
    expect(read({ labels: "several" }).input).not.toHaveProperty("settings");
  });

  test("leaves classes out of numbers, and bounds out of classes", () => {
    expect(read({ taskKind: "number", min: "0", max: "2.5" }).input).toMatchObject({ range: { min: 0, max: 2.5 } });
    expect(read({ taskKind: "number", min: "0", max: "2.5" }).input).not.toHaveProperty("classes");
    expect(read({ min: "0", max: "2" }).input).not.toHaveProperty("range");
  });

  test.each<[Partial<ProjectDraft>, string, string]>([
    [{ name: " " }, "name", "Enter a name."],
    [{ classes: "" }, "classes", "Enter at least one class."],
    [{ classes: "a\nb\na" }, "classes", "“a” is listed twice."],
    [{ field: "" }, "field", "Enter the name of the field that is shown."],
    [{ taskKind: "number", min: "x" }, "min", "Enter a number."],
    [{ taskKind: "number", min: "3", max: "3" }, "max", "Must be more than the minimum."],
    [{ taskKind: "ordinal", max: "1" }, "max", "Enter a whole number from 2 to 100."],
  ])("complains about %j", (part, field, message) => {
    expect(read(part)).toEqual({ complaints: { [field]: message } });
  });

  test("shows what boxes and spans need, and keeps a field that was named", () => {
    expect(withKind(newProjectDraft, "spans")).toMatchObject({ shownKind: "text", field: "text" });
    expect(withKind({ ...newProjectDraft, field: "photo" }, "spans")).toMatchObject({
      shownKind: "text",
      field: "photo",
    });
    expect(withKind(newProjectDraft, "boxes")).toMatchObject({ shownKind: "image", field: "image" });
    expect(withShown(newProjectDraft, "row").field).toBe("row");
  });
});
