import { expect, test } from "vitest";
import { openDatabase } from "./client.ts";
import { isDatabaseUnavailable } from "./connection-errors.ts";
import { freePort } from "./free-port.ts";
import { freshDatabase } from "./testing.ts";

const failure = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

test("a server that does not listen is away, in a query and in a transaction", async () => {
  const { db, close } = openDatabase(`postgres://x:x@127.0.0.1:${await freePort()}/x`, { max: 1, name: "test" });
  expect(isDatabaseUnavailable(await failure(db.execute("select 1")))).toBe(true);
  expect(isDatabaseUnavailable(await failure(db.transaction(async () => {})))).toBe(true);
  await close();
});

test("a connection that the server ends is away", async () => {
  const { db } = await freshDatabase();
  expect(isDatabaseUnavailable(await failure(db.execute("select pg_terminate_backend(pg_backend_pid())")))).toBe(true);
});

test("a query that is wrong is not, and neither is a missing file", async () => {
  const { db } = await freshDatabase();
  expect(isDatabaseUnavailable(await failure(db.execute("select nothing from nowhere")))).toBe(false);
  expect(isDatabaseUnavailable(Object.assign(new Error("x"), { code: "ENOENT", syscall: "open", path: "/x" }))).toBe(
    false,
  );
  expect(isDatabaseUnavailable(undefined)).toBe(false);
});
