import { describe, expect, test } from "vitest";
import { type KeyContext, listChoices, type Pressed, readKey } from "./label-keys.ts";

const plain = { shiftKey: false, altKey: false, modKey: false, isInField: false, isMultiline: false, isFinding: false };
const classes: KeyContext = { taskKind: "class", choices: 3, hasPicture: true, hasRow: false };
const boxes: KeyContext = { ...classes, taskKind: "boxes" };
const spans: KeyContext = { taskKind: "spans", choices: 3, hasPicture: false, hasRow: false };
const press = (key: string, context: KeyContext, extra: Partial<Pressed> = {}) =>
  readKey({ key, ...plain, ...extra }, context);

describe("keys of labelling", () => {
  test.each([
    ["1", { kind: "class", index: 0 }],
    ["3", { kind: "class", index: 2 }],
    ["4", undefined],
    ["0", { kind: "cannot-tell" }],
    ["Z", { kind: "undo" }],
    ["s", { kind: "skip" }],
    ["]", { kind: "queue", by: 1 }],
    ["a", { kind: "alike" }],
    ["+", { kind: "zoom", by: 1 }],
    ["p", undefined],
    ["toString", undefined],
  ])("%s of classes is %j", (key, command) => {
    expect(press(key, classes)).toEqual(command);
  });

  test("the digit after the last class says that there are no boxes", () => {
    expect(press("4", boxes)).toEqual({ kind: "none" });
    expect(press("5", boxes)).toBeUndefined();
  });

  test("arrows move a box, resize it with Alt, ten times as far with Shift", () => {
    expect(press("ArrowLeft", boxes)).toEqual({ kind: "move-box", dx: -0.5, dy: 0 });
    expect(press("ArrowDown", boxes, { shiftKey: true })).toEqual({ kind: "move-box", dx: 0, dy: 5 });
    expect(press("ArrowRight", boxes, { altKey: true })).toEqual({ kind: "resize-box", dx: 0.5, dy: 0 });
  });

  test("arrows go through a text by word, select with Shift, by character with Alt and Shift, and shorten with Alt", () => {
    expect(press("ArrowRight", spans)).toEqual({ kind: "go", by: 1, extend: false, unit: "word" });
    expect(press("ArrowLeft", spans, { shiftKey: true })).toEqual({ kind: "go", by: -1, extend: true, unit: "word" });
    const both = { shiftKey: true, altKey: true };
    expect(press("ArrowRight", spans, both)).toEqual({ kind: "go", by: 1, extend: true, unit: "character" });
    expect(press("ArrowLeft", spans, { altKey: true })).toEqual({ kind: "shorten", by: -1 });
  });

  test.each(["1", "0", "z", "s", "Tab", "Backspace"])("%s is text while a field has the focus", (key) => {
    expect(press(key, { ...classes, taskKind: "number" }, { isInField: true })).toBeUndefined();
  });

  test("Enter in the field that finds classes chooses one, and submits nothing", () => {
    expect(press("Enter", classes, { isInField: true, isFinding: true })).toBeUndefined();
    expect(press("Enter", boxes, { isInField: true, isFinding: true, modKey: true })).toBeUndefined();
  });

  test.each(["1", "4", "0", "p", "b", "+", "["])("%s with Alt is not a key of labelling", (key) => {
    expect(press(key, boxes, { altKey: true })).toBeUndefined();
  });

  test("Enter submits a field of one line; of several lines only with Command or Control", () => {
    const text: KeyContext = { ...spans, taskKind: "text" };
    expect(press("Enter", text, { isInField: true })).toEqual({ kind: "submit" });
    expect(press("Enter", text, { isInField: true, isMultiline: true })).toBeUndefined();
    expect(press("Enter", text, { isInField: true, isMultiline: true, modKey: true })).toEqual({ kind: "submit" });
  });

  test("leaves keys with Command or Control to the browser", () => {
    expect(press("z", classes, { modKey: true })).toBeUndefined();
  });
});

describe("choices", () => {
  const named = (names: string, hotkeys: Record<string, string> = {}) =>
    [...names].map((name) => ({ name, title: name.toUpperCase(), ...(hotkeys[name] && { hotkey: hotkeys[name] }) }));
  const digits = (choices: ReturnType<typeof listChoices>) =>
    choices.map(({ name, digit }) => `${digit ?? "-"}${name}`).join(" ");

  test("have digits in the order of the configuration, whatever is frequent", () => {
    expect(digits(listChoices(named("abc"), { c: 99 }))).toBe("1a 2b 3c");
  });

  test("keep a digit that the configuration gives", () => {
    expect(digits(listChoices(named("abc", { b: "1", c: "x" }), {}))).toBe("1b 2a 3c");
  });

  test("have the digit by which they are called", () => {
    expect(digits(listChoices(named("0123456789"), {}))).toBe("11 22 33 44 55 66 77 88 99 -0");
  });

  test("give digits to the most frequent of more than nine", () => {
    const choices = listChoices(named("abcdefghijk"), { k: 5, j: 4 });
    expect(digits(choices)).toBe("1k 2j 3a 4b 5c 6d 7e 8f 9g -h -i");
  });
});
