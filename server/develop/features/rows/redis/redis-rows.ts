import { z } from "zod";
import { Position } from "../../arrivals/follow-arrivals.ts";
import type { KeyedRow, RowStore, StoredRow, WrittenRow } from "../feature-rows.ts";
import { type RedisConnection, type RedisReply, RedisScript } from "./redis-connection.ts";

/** What the rows are complete up to, and which hashes have them. */
const Mark = z.object({
  /** Part of the names of the hashes. Each time all rows are copied anew, there is another one. */
  epoch: z.string(),
  position: Position,
  /** Clock of the database less that of Redis, in microseconds. */
  aheadUs: z.number(),
});
export type Mark = z.infer<typeof Mark>;

/** Rows of keys, with how current they are. */
export interface CopiedRows {
  rows: (StoredRow | undefined)[];
  /** The database's clock when they were read, as far as Redis knows it, in microseconds since 1970. */
  readAt: number;
  /** Clock of Redis when they were read, in microseconds since 1970. */
  time: number;
  /** All rows that were committed before this time of that clock are there. */
  completeAt: number;
  /** Hashes that were read. */
  epoch: string;
  /** Database that they are copies of; undefined if an older worker keeps them. */
  identity: string | undefined;
}

/** Another process keeps the rows complete by now: what this one would write may be old. */
export class LeaseLost extends Error {
  constructor() {
    super("Another process keeps the rows complete.");
  }
}

/** Hash with the mark. Rows of a view are a hash too: `leeway:features:<epoch>:<number of the view>`, with a field per key. */
const markKey = "leeway:features";
const leaseKey = "leeway:features:lease";
/** By number of a view, the latest removal of an entity key: rows that arrived by then come from the mirror alone. */
const removalsKey = "leeway:features:removals";
/** Times to wait: for a look-up, which can read elsewhere, and for writers. */
const usualReadMs = 100;
const readPartMs = 10;
const writeMs = 2_000;
/** Keys and rows of one script, during which Redis does nothing else. */
const maxKeys = 1_000;
const maxRows = 500;
const maxBytes = 2 ** 20;
/** Rows of the first page of a scan; later ones have about so many that they have `maxBytes`. */
const firstScanned = 20;
const headerBytes = 24;

/** Returns the rows of some keys with the mark, all of one moment. */
const readScript = new RedisScript(`
local mark = redis.call('HMGET', KEYS[1], 'epoch', 'completeAt', 'aheadUs', 'identity')
if not mark[1] then return {} end
local time = redis.call('TIME')
local rows = redis.call('HMGET', KEYS[1] .. ':' .. mark[1] .. ':' .. ARGV[1], unpack(ARGV, 2))
return {mark[2], mark[3], time[1], time[2], rows, mark[1], mark[4]}`);

/**
 * Writes rows, each unless a newer one is there. A row begins with event time, created time and order of writing, as doubles: the greater one
 * stays, whatever the order in which two writers come. The mirror names its hashes and has to have the lease. Others write to the present
 * hashes, unless these are copies of another database than theirs, or an entity key was removed from the view since their rows arrived: it may be
 * one of theirs, and would be there again.
 */
const writeScript = new RedisScript(`
local epoch = ARGV[2]
if ARGV[3] ~= '' then
  if redis.call('GET', KEYS[2]) ~= ARGV[3] then return 0 end
else
  local mark = redis.call('HMGET', KEYS[1], 'epoch', 'identity')
  epoch = mark[1]
  if not epoch then return false end
  if ARGV[5] ~= '' and mark[2] and mark[2] ~= ARGV[5] then return false end
  local removedBy = redis.call('HGET', KEYS[3], ARGV[1])
  if removedBy and tonumber(ARGV[4]) <= tonumber(removedBy) then return false end
end
local hash = KEYS[1] .. ':' .. epoch .. ':' .. ARGV[1]
local won = {}
for i = 6, #ARGV, 2 do
  local before = redis.call('HGET', hash, ARGV[i])
  local isNewest = 1
  if before then
    local event, created, sequence = struct.unpack('>ddd', before)
    local newEvent, newCreated, newSequence = struct.unpack('>ddd', ARGV[i + 1])
    if newEvent ~= event then
      if newEvent < event then isNewest = 0 end
    elseif newCreated ~= created then
      if newCreated < created then isNewest = 0 end
    elseif newSequence < sequence then
      isNewest = 0
    end
  end
  if isNewest == 1 and before ~= ARGV[i + 1] then redis.call('HSET', hash, ARGV[i], ARGV[i + 1]) end
  won[#won + 1] = isNewest
end
local time = redis.call('TIME')
return {epoch, time[1], time[2], won}`);

/** Notes the latest removal of an entity key of a view. */
const fenceScript = new RedisScript(`
local before = redis.call('HGET', KEYS[1], ARGV[1])
if not before or tonumber(before) < tonumber(ARGV[2]) then redis.call('HSET', KEYS[1], ARGV[1], ARGV[2]) end
return 1`);

/** Notes how far the rows are complete; not if they have been copied anew since, or another process has the lease. */
const confirmScript = new RedisScript(`
if redis.call('HGET', KEYS[1], 'epoch') ~= ARGV[1] or redis.call('GET', KEYS[2]) ~= ARGV[5] then return 0 end
redis.call('HSET', KEYS[1], 'completeAt', ARGV[2], 'aheadUs', ARGV[3], 'position', ARGV[4], 'identity', ARGV[6])
return 1`);

/** Puts rows that were copied anew in the place of those before; not if another process has the lease by now. */
const switchScript = new RedisScript(`
if redis.call('GET', KEYS[2]) ~= ARGV[5] then return 0 end
redis.call('HSET', KEYS[1], 'epoch', ARGV[1], 'completeAt', ARGV[2], 'aheadUs', ARGV[3], 'position', ARGV[4], 'identity', ARGV[6])
return 1`);

/** Takes (2) or prolongs (1) a lease. */
const leaseScript = new RedisScript(`
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
if holder then return 1 end
return 2`);

/** Removes rows of the present hashes, unless these are copies of another database than the caller's. */
const removeScript = new RedisScript(`
local mark = redis.call('HMGET', KEYS[1], 'epoch', 'identity')
if not mark[1] then return 0 end
if ARGV[2] ~= '' and mark[2] and mark[2] ~= ARGV[2] then return 0 end
return redis.call('HDEL', KEYS[1] .. ':' .. mark[1] .. ':' .. ARGV[1], unpack(ARGV, 3))`);

/** Returns the headers of rows. */
const headersScript = new RedisScript(`
local rows = redis.call('HMGET', KEYS[1], unpack(ARGV))
for i = 1, #rows do
  if rows[i] then rows[i] = string.sub(rows[i], 1, ${headerBytes}) end
end
return rows`);

/** Removes rows of the hashes that the mirror names, each if it has a header yet; not if another process has the lease. */
const removeUnchangedScript = new RedisScript(`
if redis.call('GET', KEYS[2]) ~= ARGV[1] then return -1 end
local removed = 0
for i = 2, #ARGV, 2 do
  local row = redis.call('HGET', KEYS[1], ARGV[i])
  if row and string.sub(row, 1, ${headerBytes}) == ARGV[i + 1] then
    removed = removed + redis.call('HDEL', KEYS[1], ARGV[i])
  end
end
return removed`);

/**
 * The newest rows in Valkey or Redis: a copy of those in Postgres. Writers compare and set in one script. A mark says up to which moment all
 * rows are there; a reader that finds none, or an old one, reads from Postgres.
 */
export class RedisRows implements RowStore {
  private readonly redis: RedisConnection;
  private readonly readMs: number;

  /** @param readMs time that a look-up of few keys waits */
  constructor(redis: RedisConnection, readMs = usualReadMs) {
    this.redis = redis;
    this.readMs = readMs;
  }

  /** @throws RedisUnavailable, also if there is no copy */
  async read(view: { readonly number: number }, keys: readonly Buffer[]): ReturnType<RowStore["read"]> {
    if (keys.length === 0) return { rows: [], readAt: undefined };
    const found = await this.readCopy(view, keys);
    if (!found) throw new Error("Redis has no rows.");
    return found;
  }

  /** Returns rows with how current they are; undefined if Redis is empty. @throws RedisUnavailable */
  async readCopy({ number }: { readonly number: number }, keys: readonly Buffer[]): Promise<CopiedRows | undefined> {
    const all = chunks(keys, maxKeys);
    const withinMs = this.readMs + all.length * readPartMs;
    const parts = await Promise.all(all.map((part) => this.readPart(number, part, withinMs)));
    const [first] = parts;
    if (!first || parts.includes(undefined)) return undefined;
    const whole = parts as CopiedRows[];
    return {
      ...first,
      rows: whole.flatMap(({ rows }) => rows),
      completeAt: Math.min(...whole.map(({ completeAt }) => completeAt)),
    };
  }

  /** @param identity database that the rows are of; left out, they are written whatever the present ones are copies of */
  async write(view: { readonly number: number }, rows: readonly WrittenRow[], identity = ""): Promise<boolean[]> {
    const won: boolean[] = [];
    for (const part of parts(rows)) {
      const { wonHere } = (await this.writePart(view.number, part, presentOf(identity))) ?? {};
      won.push(...(wonHere ?? part.map(() => false)));
    }
    return won;
  }

  /**
   * Writes rows that were committed a moment ago.
   * @param identity database that they were committed to
   * @returns the hashes that have them, and the clock of Redis afterwards, in microseconds since 1970. Undefined if some were not written: Redis is
   *   empty, was just filled anew or has rows of another database, or an entity key was removed from the view since they arrived
   */
  async writeCommitted(
    number: number,
    rows: readonly WrittenRow[],
    identity: string,
  ): Promise<{ epoch: string; time: number } | undefined> {
    let written: { epoch: string; time: number } | undefined;
    for (const part of parts(rows)) {
      const next = await this.writePart(number, part, presentOf(identity));
      if (!next || (written && next.epoch !== written.epoch)) return undefined;
      written = next;
    }
    return written;
  }

  /** @param identity database whose rows are removed; left out, they are removed whatever the present ones are copies of */
  async remove({ number }: { readonly number: number }, keys: readonly Buffer[], identity = ""): Promise<void> {
    for (const part of chunks(keys, maxKeys)) {
      if (part.length === 0) continue;
      await this.redis.script(removeScript, [markKey], [String(number), identity, ...part], writeMs);
    }
  }

  async *scan({ number }: { readonly number: number }): AsyncGenerator<KeyedRow[]> {
    yield* this.scanOf((await this.mark())?.epoch ?? "", number);
  }

  /** Returns those of some keys that are in the hash of an epoch, with the headers of their rows. */
  async headersOf(epoch: string, number: number, keys: readonly Buffer[]): Promise<RowHeader[]> {
    const found: RowHeader[] = [];
    for (const part of chunks(keys, maxKeys)) {
      if (part.length === 0) continue;
      const headers = await this.redis.script(headersScript, [hashOf(epoch, number)], part, writeMs);
      for (const [index, header] of (headers as (Buffer | null)[]).entries()) {
        if (header) found.push({ key: part[index] as Buffer, header });
      }
    }
    return found;
  }

  /** Removes rows from the hash of an epoch, except of keys that were written again since their headers were read. @throws LeaseLost */
  async removeFrom(epoch: string, number: number, rows: readonly RowHeader[], holder: string): Promise<void> {
    for (const part of chunks(rows, maxRows)) {
      if (part.length === 0) continue;
      const args = [holder, ...part.flatMap(({ key, header }) => [key, header])];
      const removed = await this.redis.script(removeUnchangedScript, [hashOf(epoch, number), leaseKey], args, writeMs);
      if (removed === -1) throw new LeaseLost();
    }
  }

  /** Refuses rows that arrived by a time, in microseconds since 1970, to all but the mirror, from before an entity key is removed from the view. */
  async fence(number: number, arrivedBy: number): Promise<void> {
    await this.redis.script(fenceScript, [removalsKey], [String(number), String(arrivedBy)], writeMs);
  }

  /** Reads all rows of a view in an epoch, as scan(). */
  async *scanOf(epoch: string, number: number): AsyncGenerator<KeyedRow[]> {
    let cursor = "0";
    let count = firstScanned;
    do {
      const command = ["HSCAN", hashOf(epoch, number), cursor, "COUNT", String(count)];
      const [next, fields] = (await this.redis.command(command, writeMs)) as [Buffer, Buffer[]];
      cursor = next.toString();
      const bytes = fields.reduce((sum, field) => sum + field.length, 1);
      count = Math.min(maxRows, Math.max(1, Math.floor((count * maxBytes) / bytes)));
      const rows: KeyedRow[] = [];
      for (let index = 0; index < fields.length; index += 2) {
        const row = unpack(fields[index + 1] ?? null);
        if (row) rows.push({ key: fields[index] as Buffer, ...row });
      }
      if (rows.length > 0) yield rows;
    } while (cursor !== "0");
  }

  /** Writes rows into the hashes of an epoch. @throws LeaseLost */
  async writeTo(epoch: string, number: number, rows: readonly WrittenRow[], holder: string): Promise<void> {
    for (const part of parts(rows)) await this.writePart(number, part, { epoch, holder, identity: "" });
  }

  /** Returns the mark; undefined if Redis is empty, or has what this version does not know. */
  async mark(): Promise<Mark | undefined> {
    const reply = await this.redis.command(["HMGET", markKey, "epoch", "aheadUs", "position"], writeMs);
    const [epoch, aheadUs, position] = (reply as (Buffer | null)[]).map((one) => one?.toString());
    if (epoch === undefined) return undefined;
    return Mark.safeParse({ epoch, aheadUs: Number(aheadUs), position: parsed(position ?? "") }).data;
  }

  /**
   * Marks the copy as complete: it has every row that was committed before `completeAt`.
   * @returns false if another process has copied the rows again meanwhile, or has the lease
   */
  async confirm({ epoch, aheadUs, position }: Mark, completeAt: number, holder: string): Promise<boolean> {
    const args = [epoch, String(completeAt), String(aheadUs), JSON.stringify(position), holder, position.identity];
    return (await this.redis.script(confirmScript, [markKey, leaseKey], args, writeMs)) === 1;
  }

  /** Makes rows that were copied anew the present ones. @returns false if another process has the lease */
  async switchTo({ epoch, aheadUs, position }: Mark, completeAt: number, holder: string): Promise<boolean> {
    const args = [epoch, String(completeAt), String(aheadUs), JSON.stringify(position), holder, position.identity];
    return (await this.redis.script(switchScript, [markKey, leaseKey], args, writeMs)) === 1;
  }

  /**
   * Takes or prolongs the lease of the process that keeps the rows complete.
   * @returns undefined if another one has it; "taken" if this one did not have it, or not all the time
   */
  async lease(holder: string, forMs: number): Promise<"kept" | "taken" | undefined> {
    const reply = await this.redis.script(leaseScript, [leaseKey], [holder, String(forMs)], writeMs);
    if (reply === 0) return undefined;
    return reply === 1 ? "kept" : "taken";
  }

  /** Resolves if Redis responds as soon as a look-up needs it. @throws RedisUnavailable */
  async respond(): Promise<void> {
    await this.redis.command(["PING"], this.readMs);
  }

  /** Makes readers read elsewhere until all rows have been copied anew. */
  async deleteMark(): Promise<void> {
    await this.redis.command(["DEL", markKey], writeMs);
  }

  /** Returns the clock of Redis, in microseconds since 1970. */
  async time(): Promise<number> {
    const [seconds, microseconds] = (await this.redis.command(["TIME"], writeMs)) as [Buffer, Buffer];
    return timeOf(seconds, microseconds);
  }

  /** Whether Redis may drop rows when its memory is full, which would look as if they had never been written. */
  async mayEvict(): Promise<boolean> {
    const info = String(await this.redis.command(["INFO", "memory"], writeMs));
    const policy = /^maxmemory_policy:(\S+)/m.exec(info)?.[1];
    // Rows have no time to live, so policies for keys with one spare them.
    return policy?.startsWith("allkeys") ?? false;
  }

  /** Lists the hashes of rows: epoch and number of the view. */
  async hashes(): Promise<{ epoch: string; number: number }[]> {
    const found = new Map<string, { epoch: string; number: number }>();
    let cursor = "0";
    do {
      const command = ["SCAN", cursor, "MATCH", hashOf("*", "*"), "COUNT", "1000"];
      const [next, names] = (await this.redis.command(command, writeMs)) as [Buffer, Buffer[]];
      cursor = next.toString();
      for (const name of names.map(String)) {
        const [epoch = "", number] = name.slice(markKey.length + 1).split(":");
        if (number !== undefined) found.set(name, { epoch, number: Number(number) });
      }
    } while (cursor !== "0");
    return [...found.values()];
  }

  /** Removes all rows of a view, in the background. */
  async drop({ epoch, number }: { epoch: string; number: number }): Promise<void> {
    await this.redis.command(["UNLINK", hashOf(epoch, number)], writeMs);
  }

  close(): void {
    this.redis.close();
  }

  private async readPart(number: number, keys: readonly Buffer[], withinMs: number): Promise<CopiedRows | undefined> {
    const reply = await this.redis.script(readScript, [markKey], [String(number), ...keys], withinMs);
    const [completeAt, aheadUs, seconds, microseconds, found, epoch, identity] = reply as [
      Buffer,
      Buffer,
      Buffer,
      Buffer,
      RedisReply[],
      Buffer,
      Buffer | null,
    ];
    if (!found) return undefined;
    const time = timeOf(seconds, microseconds);
    const rows = found.map((one) => unpack(one as Buffer | null));
    return {
      rows,
      readAt: time + Number(aheadUs),
      time,
      completeAt: Number(completeAt),
      epoch: String(epoch),
      identity: identity?.toString(),
    };
  }

  /** @returns undefined if nothing was written, unless for the mirror @throws LeaseLost */
  private async writePart(number: number, rows: readonly WrittenRow[], { epoch, holder, identity }: Hashes) {
    const arrivedAt = rows.reduce((least, row) => Math.min(least, row.arrivedAt), Number.MAX_SAFE_INTEGER);
    const args = rows.flatMap((row) => [row.key, pack(row)]);
    const keys = [markKey, leaseKey, removalsKey];
    const reply = await this.redis.script(
      writeScript,
      keys,
      [String(number), epoch, holder, String(arrivedAt), identity, ...args],
      writeMs,
    );
    if (reply === 0) throw new LeaseLost();
    if (!Array.isArray(reply)) return undefined;
    const [written, seconds, microseconds, won] = reply as [Buffer, Buffer, Buffer, number[]];
    return { epoch: String(written), time: timeOf(seconds, microseconds), wonHere: won.map((one) => one === 1) };
  }
}

/** A key with the event time, created time and order of writing of its row, packed: a row that is written later has another. */
interface RowHeader {
  key: Buffer;
  header: Buffer;
}

/** Hashes that are written: those of an epoch, by the holder of the lease. */
interface Hashes {
  epoch: string;
  holder: string;
  /** Database whose copies the present ones have to be, if any matters. */
  identity: string;
}
/** The present ones, whoever writes rows of a database. */
const presentOf = (identity: string): Hashes => ({ epoch: "", holder: "", identity });

const timeOf = (seconds: Buffer, microseconds: Buffer) => Number(seconds) * 1_000_000 + Number(microseconds);

const hashOf = (epoch: string, number: number | "*") => `${markKey}:${epoch}:${number}`;

/** Event time, created time and order of writing, each as a double, and the packed row. */
function pack({ eventAt, createdAt, sequence, packed }: WrittenRow): Buffer {
  const value = Buffer.allocUnsafe(headerBytes + packed.length);
  value.writeDoubleBE(eventAt, 0);
  value.writeDoubleBE(createdAt, 8);
  value.writeDoubleBE(sequence, 16);
  packed.copy(value, headerBytes);
  return value;
}

function unpack(value: Buffer | null): StoredRow | undefined {
  if (!value) return undefined;
  return { eventAt: value.readDoubleBE(0), createdAt: value.readDoubleBE(8), packed: value.subarray(headerBytes) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Splits a list. An empty one is one empty part. */
function chunks<Item>(items: readonly Item[], size: number): Item[][] {
  const found: Item[][] = [];
  for (let from = 0; from === 0 || from < items.length; from += size) found.push(items.slice(from, from + size));
  return found;
}

/** Splits rows by number and bytes. */
function parts(rows: readonly WrittenRow[]): WrittenRow[][] {
  const found: WrittenRow[][] = [];
  let bytes = 0;
  for (const row of rows) {
    const last = found.at(-1);
    bytes += row.packed.length;
    if (last && last.length < maxRows && bytes <= maxBytes) last.push(row);
    else {
      found.push([row]);
      bytes = row.packed.length;
    }
  }
  return found;
}
