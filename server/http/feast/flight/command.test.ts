import { expect, test } from "vitest";
import { readCommand, sourceNameOf } from "./command.ts";

const commandOf = (value: unknown) =>
  readCommand({ cmd: Buffer.from(typeof value === "string" ? value : JSON.stringify(value)) });

test("reads a command of a client, whatever else it has", () => {
  const command = {
    command_id: "1",
    api: "get_historical_features",
    feature_view_names: ["v", "v"],
    name_aliases: [null, "dest"],
    feature_refs: ["v:x"],
    project: "default",
    full_feature_names: false,
    new_parameter: { a: 1 },
  };
  expect(commandOf(command)).toMatchObject({ api: "get_historical_features", name_aliases: [null, "dest"] });
});

test.each([
  ["no JSON", "api"],
  ["a list", []],
  ["an unknown api", { api: "drop_everything" }],
  ["a missing parameter", { api: "get_historical_features" }],
  ["two views in a write", { api: "offline_write_batch", feature_view_names: ["a", "b"] }],
  ["deep JSON", `${"[".repeat(10_000)}${"]".repeat(10_000)}`],
  ["more than a megabyte", `{"api":"persist","x":"${"y".repeat(2 ** 20)}"}`],
])("refuses %s", (_, value) => expect(() => commandOf(value)).toThrow());

test("takes only the name of a source from a client", () => {
  expect(sourceNameOf('{"name":"driver_history","fileOptions":{"uri":"/etc/passwd"}}')).toBe("driver_history");
  expect(() => sourceNameOf('{"fileOptions":{"uri":"/etc/passwd"}}')).toThrow("no name");
  expect(() => sourceNameOf("null")).toThrow("no name");
});
