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

test("treats a server that does not listen as unavailable, in a query and in a transaction", async () => {
  const { db, close } = openDatabase(`postgres://x:x@127.0.0.1:${await freePort()}/x`, { max: 1, name: "test" });
  expect(isDatabaseUnavailable(await failure(db.execute("select 1")))).toBe(true);
  expect(isDatabaseUnavailable(await failure(db.transaction(async () => {})))).toBe(true);
  await close();
});

test("treats a connection closed by the server as unavailable", async () => {
  const { db } = await freshDatabase();
  expect(isDatabaseUnavailable(await failure(db.execute("select pg_terminate_backend(pg_backend_pid())")))).toBe(true);
});

test("does not treat an invalid query or a missing file as unavailable", async () => {
  const { db } = await freshDatabase();
  expect(isDatabaseUnavailable(await failure(db.execute("select nothing from nowhere")))).toBe(false);
  expect(isDatabaseUnavailable(Object.assign(new Error("x"), { code: "ENOENT", syscall: "open", path: "/x" }))).toBe(
    false,
  );
  expect(isDatabaseUnavailable(undefined)).toBe(false);
});
