import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { childEnvironment } from "#server/base/child-environment.ts";
import { log } from "#server/base/log.ts";
import type { Finding } from "../contract.ts";
import type { ScanOrder, ScanReply } from "./scan-worker.ts";

const memoryMib = 512;
/** Time in which the thread can report its own timeout before it is terminated. */
const graceSeconds = 10;

/** Scans files in a separate thread. A file that crashes the thread, fills its memory or takes too long is a finding. */
export class Scanner {
  private readonly folder = mkdtempSync(join(tmpdir(), "leeway-scan-"));
  private worker: Worker | undefined;

  /** Findings of one file. @param name as findings show it */
  async inspect(order: ScanOrder): Promise<Finding[]> {
    const reply = await this.send(order);
    if ("findings" in reply) return reply.findings;
    const { failure, detail } = reply;
    log.warn("scan.file_failed", { file: order.name, reason: failure, detail });
    const words = `Scan failed: ${failure}.`;
    return [{ file: order.name, rule: "not-looked-at", severity: "unread", words }];
  }

  /** Ends the thread and removes what it unpacked. */
  async close(): Promise<void> {
    await this.worker?.terminate();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private send(order: ScanOrder): Promise<ScanReply> {
    this.worker ??= new Worker(new URL("./scan-worker.ts", import.meta.url), {
      workerData: this.folder,
      env: childEnvironment(),
      resourceLimits: { maxOldGenerationSizeMb: memoryMib },
    });
    const { worker } = this;
    const { promise, resolve } = Promise.withResolvers<ScanReply>();
    const lose = (failure: string, detail?: string) => {
      this.worker = undefined;
      resolve({ failure, ...(detail !== undefined && { detail }) });
      void worker.terminate();
    };
    const onError = (error: Error & { code?: string }) =>
      error.code === "ERR_WORKER_OUT_OF_MEMORY" ? lose("out of memory") : lose("see the log", error.message);
    const onExit = () => lose("the scanner thread exited");
    const timer = setTimeout(() => lose("timed out"), (order.seconds + graceSeconds) * 1000);
    worker.on("message", resolve).on("error", onError).on("exit", onExit);
    worker.postMessage(order);
    return promise.finally(() => {
      clearTimeout(timer);
      worker.off("message", resolve).off("exit", onExit);
      // The last error listener stays: one without any would end the process.
      if (this.worker === worker) worker.off("error", onError);
    });
  }
}
