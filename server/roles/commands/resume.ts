import { openDatabase } from "#db/client.ts";
import { BackupError } from "#server/admin/backup/format.ts";
import { readRestored, writeRestored } from "#server/platform/installation-state.ts";
import type { Command } from "./command.ts";
import { connectInstallation } from "./connect-installation.ts";
import { say } from "./say.ts";

/** Lets the worker of a paused installation begin. It notices within seconds. */
export const resume: Command = async (args, config) => {
  if (args.length > 0) throw new BackupError("Usage: npm run leeway -- resume");
  await using opened = new AsyncDisposableStack();
  const { url, close } = await connectInstallation(config, say);
  opened.defer(close);
  const { db, close: disconnect } = openDatabase(url, { max: 1, name: "leeway-resume", timeoutMs: 15_000 });
  opened.defer(disconnect);
  const restored = await readRestored(db);
  if (!restored?.isPaused) {
    say("Leeway is not paused.");
    return;
  }
  await writeRestored(db, { ...restored, isPaused: false });
  say("Resumed: the worker sends notifications, evaluates and deletes again.");
};
