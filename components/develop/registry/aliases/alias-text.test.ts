import { expect, test } from "vitest";
import { aliasConsequences, aliasTitle, describeConfirm } from "./alias-text.ts";

const subject = { modelName: "digits", version: 3, before: 2 };

test("describes source and target of an alias move, and how to undo it", () => {
  const change = { kind: "set", alias: "champion" } as const;
  expect(aliasTitle(change, subject)).toBe("Point champion to digits v3?");
  const said = Object.fromEntries(aliasConsequences(change, subject).map(({ label, value }) => [label, value]));
  expect(said).toMatchObject({
    Alias: "champion moves from v2 to v3",
    Clients: "models:/digits@champion now resolves to v3",
    Undo: "point champion to v2 again",
  });
  expect(describeConfirm(change, subject)).toEqual({ confirmLabel: "Point champion to v3", cancelLabel: "Keep v2" });
});

test("offers removal to undo a new alias, and setting to undo a removed one", () => {
  const fresh = { ...subject, before: undefined };
  expect(aliasConsequences({ kind: "name", alias: " north " }, fresh).at(-1)?.value).toBe("remove north");
  expect(describeConfirm({ kind: "name", alias: "" }, fresh).confirmLabel).toBe("Point the alias to v3");
  expect(aliasConsequences({ kind: "remove", alias: "north" }, fresh).at(-1)?.value).toBe("set north to v3 again");
});
