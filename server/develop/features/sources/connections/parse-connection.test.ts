import { expect, test } from "vitest";
import { parseConnection } from "./parse-connection.ts";

test("reads where to connect, and shows it without the password", () => {
  expect(parseConnection("postgresql://re%40der:p%2Fw@db.test:6432/shop?sslmode=verify-full")).toEqual({
    host: "db.test",
    port: 6432,
    database: "shop",
    user: "re@der",
    password: "p/w",
    sslMode: "verify-full",
    address: "re@der@db.test:6432/shop",
  });
  expect(parseConnection("postgres://u@[::1]/d")).toMatchObject({ host: "::1", port: 5432, sslMode: "disable" });
});

test.each([
  ["mysql://u@h/d", "postgresql://"],
  ["nothing", "postgresql://"],
  ["postgresql:///d?host=/var/run/postgresql", "no host"],
  ["postgresql://u@%2Fvar%2Frun/d", "no host"],
  ["postgresql://h/d", "no user"],
  ["postgresql://u@h/", "no database"],
  ["postgresql://u@h/d?sslkey=/etc/key", '"sslkey" is not supported'],
  ["postgresql://u@h/d?options=-c%20x", '"options" is not supported'],
  ["postgresql://u@h/d?host=/tmp", '"host" is not supported'],
  ["postgresql://u@h/d?sslmode=prefer", "sslmode can be"],
  ["postgresql://u:%ff@h/d", "not encoded"],
])("refuses %s", (url, message) => {
  expect(() => parseConnection(url)).toThrow(message);
});
