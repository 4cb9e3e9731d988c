import { RedisConnection } from "./redis-connection.ts";
import { RedisRows } from "./redis-rows.ts";

/** Opens the rows in Valkey or Redis; undefined if none is configured. It connects in the background. */
export function openRedisRows(url: string | undefined): RedisRows | undefined {
  return url === undefined ? undefined : new RedisRows(new RedisConnection(url));
}
