import { setTimeout as pause } from "node:timers/promises";
import pg from "pg";

/** The worker may be starting again, on a busy machine. */
const catchMs = 120_000;
/** A transaction that was caught already wants its next lock at once; until then, others may wait for it too. */
const catchAgainMs = 3_000;

/** A transaction of the drill whose locks stop the worker in the middle of one of its own. */
export class Hold {
  private readonly client: pg.Client;
  private readonly pid: number;
  private readonly observer: pg.Client;

  private constructor(client: pg.Client, pid: number, observer: pg.Client) {
    this.client = client;
    this.pid = pid;
    this.observer = observer;
  }

  /** Begins the transaction. @param observer outside of it, sees who waits for it */
  static async open(url: string, observer: pg.Client): Promise<Hold> {
    const client = new pg.Client({ connectionString: url, application_name: "drill-hold" });
    client.on("error", () => {});
    await client.connect();
    await client.query("begin");
    const { rows } = await client.query<{ pid: number }>("select pg_backend_pid() as pid");
    return new Hold(client, rows[0]?.pid ?? 0, observer);
  }

  /** Runs a statement that takes locks. @returns the number of its rows */
  async lock(statement: string, values: unknown[] = []): Promise<number> {
    return (await this.client.query(statement, values)).rowCount ?? 0;
  }

  /** Waits until the worker waits for this. @param only the connection that must @returns the process id of its connection; undefined if it never does */
  async catches(only?: number, withinMs = only === undefined ? catchMs : catchAgainMs): Promise<number | undefined> {
    const until = Date.now() + withinMs;
    for (; Date.now() < until; await pause(10)) {
      const { rows } = await this.observer.query<{ pid: number }>(
        "select pid from pg_stat_activity where application_name = 'leeway-worker' and $1 = any(pg_blocking_pids(pid))",
        [this.pid],
      );
      const caught = rows.find(({ pid }) => only === undefined || pid === only);
      if (caught) return caught.pid;
    }
    return undefined;
  }

  /** Undoes the transaction, after which the worker continues. */
  async release(): Promise<void> {
    await this.client.query("rollback").catch(() => {});
    await this.client.end().catch(() => {});
  }
}
