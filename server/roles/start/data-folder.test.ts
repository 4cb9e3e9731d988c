import { chmod, chown, mkdir, mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { isReachable, postgresUser } from "#db/postgres-user.ts";
import { openDataFolder } from "./data-folder.ts";

let parent: string;
let folder: string;

beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), "leeway-data-"));
  await chmod(parent, 0o755);
  folder = join(parent, "srv", "data");
  return () => rm(parent, { recursive: true });
});

/** Opens and closes the folder. @returns its permission bits afterwards */
async function modeAfterOpening(usesPostgres: boolean): Promise<number> {
  const lock = await openDataFolder(folder, usesPostgres);
  await lock.release();
  return (await stat(folder)).mode & 0o7777;
}

async function create(mode: number): Promise<void> {
  await mkdir(folder, { recursive: true });
  await chmod(folder, mode);
}

test("closes a new data folder and the folders created for it to other users", async () => {
  expect(await modeAfterOpening(false)).toBe(0o700);
  expect((await stat(join(parent, "srv"))).mode & 0o777).toBe(0o700);
});

test("closes an existing data folder of the same user", async () => {
  await create(0o755);
  expect(await modeAfterOpening(false)).toBe(0o700);
});

test("closes a folder of an earlier start, and leaves one that holds files of others", async () => {
  await create(0o755);
  for (const name of ["artifacts", "gateway", "postgres.log"]) await mkdir(join(folder, name));
  expect(await modeAfterOpening(false)).toBe(0o700);
  await chmod(folder, 0o755);
  await mkdir(join(folder, "nginx"));
  expect(await modeAfterOpening(false)).toBe(0o755);
});

test("leaves a folder with the sticky bit as it is", async () => {
  await create(0o1777);
  expect(await modeAfterOpening(false)).toBe(0o1777);
});

describe.runIf(process.getuid?.() === 0)("for a Postgres that root runs as another user", () => {
  const isOpenToPostgres = async () => {
    const user = await postgresUser(join(folder, "postgres"));
    return user !== undefined && (await isReachable(folder, user));
  };

  test("opens a new folder to the group of Postgres only", async () => {
    expect(await modeAfterOpening(true)).toBe(0o710);
    expect(await isOpenToPostgres()).toBe(true);
  });

  test("closes an existing folder to all but the group of Postgres", async () => {
    await create(0o755);
    expect(await modeAfterOpening(true)).toBe(0o710);
    expect(await isOpenToPostgres()).toBe(true);
  });

  test("does not open a private folder without a database", async () => {
    await create(0o700);
    expect(await modeAfterOpening(true)).toBe(0o700);
  });

  test.each([true, false])("keeps a database inside reachable, if it is used: %j", async (usesPostgres) => {
    await create(0o700);
    await mkdir(join(folder, "postgres"));
    await chown(join(folder, "postgres"), 4321, 4322);
    expect(await modeAfterOpening(usesPostgres)).toBe(0o710);
    expect((await stat(folder)).gid).toBe(4322);
    expect(await isOpenToPostgres()).toBe(true);
  });

  test("leaves a folder of another user as it is", async () => {
    await create(0o750);
    await chown(folder, 4321, 4322);
    expect(await modeAfterOpening(true)).toBe(0o750);
  });
});
