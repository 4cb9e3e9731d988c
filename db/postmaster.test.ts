import { expect, test } from "vitest";
import { isServerOf } from "./postmaster.ts";

test.each([
  ["/opt/leeway/bin/postgres -D /data/postgres -p 41001", true],
  ["postgres -D /data/postgres", true],
  ["/opt/leeway/bin/postgres -D /data/postgres-other -p 41001", false],
  ["/usr/lib/postgresql/16/bin/postgres -D /var/lib/postgresql/16/main", false],
  ["node server/main.ts gateway", false],
  ["vim postgres -D /data/postgres", false],
  ["[postgres] <defunct>", false],
  ["", false],
])("matches %s: %s", (command, expected) => {
  expect(isServerOf("/data/postgres", command)).toBe(expected);
});
