import { expect, test } from "vitest";
import { refusalIn } from "./postgres-messages.ts";

const initdbOnFullDisk = `2026-11-26 15:55:24.678 UTC [13367] FATAL:  could not extend file "base/1/2691": No space left on device
2026-11-26 15:55:24.678 UTC [13367] HINT:  Check free disk space.
2026-11-26 15:55:24.679 UTC [13367] PANIC:  cannot abort transaction 1, it was already committed
child process exited with exit code 134
initdb: removing contents of data directory "/data/postgres.new"
`;

const serverOnFullDisk = `2026-11-26 15:56:52.100 UTC [14771] FATAL:  the database system is in recovery mode
2026-11-26 15:56:52.125 UTC [14764] PANIC:  could not write to file "pg_wal/xlogtemp.14764": No space left on device
2026-11-26 15:56:52.172 UTC [14768] FATAL:  could not extend file "base/16384/2691": No space left on device
`;

test.each([initdbOnFullDisk, serverOnFullDisk])("reports a full disk with the fix", (said) => {
  const { message } = refusalIn(said, "could not be set up", "/data/postgres");
  expect(message).toContain("DATA_DIR: the disk of /data/postgres is full");
  expect(message).toContain("set DATA_DIR to a folder on another disk");
});

test.each([
  ['initdb: error: could not access directory "/data": Permission denied\ninitdb: hint: later\n', "Permission denied."],
  ["2026 [1] FATAL:  the database system is starting up\n2026 [1] FATAL:  no such locale\n", ": no such locale."],
  ["Segmentation fault\n", ": Segmentation fault."],
  ["", "it exited without a message."],
])("ends the message for %j with the reason", (said, end) => {
  expect(refusalIn(said, "did not start", "/data/postgres").message.endsWith(end)).toBe(true);
});

test("appends the path of the log", () => {
  expect(refusalIn("", "did not start", "/d", " More in /d.log.").message).toMatch(/ More in \/d\.log\.$/);
});
