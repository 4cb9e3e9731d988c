import { expect, test } from "vitest";
import { mayEnter } from "./postgres-user.ts";

const user = { uid: 65_534, gid: 65_534 };

test.each([
  ["a folder open to all", { uid: 0, gid: 0, mode: 0o755 }, true],
  ["a private folder of root", { uid: 0, gid: 0, mode: 0o700 }, false],
  ["a private folder of its own", { uid: 65_534, gid: 0, mode: 0o700 }, true],
  ["a folder of its group", { uid: 0, gid: 65_534, mode: 0o750 }, true],
  ["a folder that shuts out its owner alone", { uid: 65_534, gid: 0, mode: 0o077 }, false],
])("checks access to %s", (_, folder, expected) => {
  expect(mayEnter(folder, user)).toBe(expected);
});
