/** `node server/main.ts` starts all of Leeway, `… dev` also restarts what changes; `… web|gateway|worker` starts one role, `… build` builds the console, `… audit` runs a command. */
const [major = 0] = process.versions.node.split(".").map(Number);
if (major < 24) {
  console.error(
    `Leeway requires Node 24, but this is ${process.versions.node}. Run "npm start" to use the bundled version.`,
  );
  process.exit(1);
}

const name = process.argv[2];
// Local files are readable by their user only, except for the console: one user may build it, and another run it.
if (name !== "build") process.umask(0o077);

// Only now: what follows is written for Node 24.
const { readConfig } = await import("./admin/settings/config.ts");
const { configureLog } = await import("./base/log.ts");
const { StartError } = await import("#db/start-error.ts");
const { commands } = await import("./roles/commands/commands.ts");

// During development no client is waiting, so a role that restarts hardly drains.
const env =
  name === "dev"
    ? {
        DRAIN_SECONDS: "1",
        DRAIN_NOTICE_SECONDS: "0",
        NEXT_TELEMETRY_DISABLED: "1",
        ...process.env,
        LEEWAY_DEV: "true",
      }
    : process.env;
try {
  const config = readConfig(env);
  configureLog({ role: name ?? "main", level: config.logLevel });
  if (name === undefined || name === "dev") {
    const { startAll } = await import("./roles/start/start-all.ts");
    await startAll(config, env, console.log);
  } else if (name === "build") {
    const { buildConsole } = await import("./roles/start/build.ts");
    await buildConsole(() => console.log("Building the console…"), new AbortController().signal);
  } else if (Object.hasOwn(commands, name)) {
    const command = await commands[name]?.();
    await command?.(process.argv.slice(3), config, env);
  } else {
    const { runNamedRole } = await import("./roles/named-role.ts");
    await runNamedRole(name, config, env);
  }
  process.exit(0);
} catch (error) {
  const isCommand = name !== undefined && Object.hasOwn(commands, name);
  if (error instanceof StartError) console.error(`${isCommand ? "" : "Leeway failed to start.\n"}${error.message}`);
  else console.error("Leeway crashed because of an internal error. Please report the following.\n", error);
  process.exit(1);
}
