import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { promisify } from "node:util";
import { zstdDecompress } from "node:zlib";
import { type Extract, extract } from "tar-stream";
import type { z } from "zod";
import { limits } from "#server/base/limits.ts";
import { parsedJson } from "#server/base/parsed-json.ts";
import { Digest, sha256 } from "./digest.ts";
import {
  ArtifactLine,
  BackupError,
  BackupHeader,
  BackupManifest,
  entryNames,
  FormatVersion,
  formatVersion,
  partBytes,
} from "./format.ts";
import { partName } from "./tar-writer.ts";

type Entry = Extract extends AsyncIterable<infer Item> ? Item : never;

const decompress = promisify(zstdDecompress);

/** Receives the content of a backup in its order. Each must read its rows or file to the end. */
export interface BackupConsumer {
  /** Called first: throws to stop. */
  header?(header: BackupHeader): Promise<void>;
  table(name: string, rows: AsyncIterable<Buffer>): Promise<void>;
  file(key: string, sizeBytes: number, content: Readable): Promise<void>;
  /** A file that is not in the backup, but must be in the store. */
  reference(line: ArtifactLine): Promise<void>;
  progress?(bytes: number): void;
}

/** Consumer of a reader that only checks. */
export const checkingOnly: BackupConsumer = {
  table: (_name, rows) => drain(rows),
  file: (_key, _sizeBytes, content) => drain(content),
  reference: async () => {},
};

/**
 * Reads a backup from its beginning to its end and checks every digest in it, with bounded memory.
 * @throws BackupError when it is damaged, incomplete, of a newer format or something else. By then the consumer may have received parts.
 */
export async function readBackup(
  path: string,
  consumer: BackupConsumer,
): Promise<{ header: BackupHeader; manifest: BackupManifest }> {
  const handle = await open(path).catch((cause: NodeJS.ErrnoException) => {
    throw new BackupError(`${path} cannot be read (${cause.code}).`, { cause });
  });
  const source = createReadStream(path, { fd: handle, highWaterMark: 2 ** 18 });
  const tar = extract();
  if (consumer.progress) source.on("data", () => consumer.progress?.(source.bytesRead));
  let failure: Error | undefined;
  tar.once("error", (error: Error) => {
    failure = error;
  });
  const piped = pipeline(source, tar);
  piped.catch(() => {});
  const reader = new Reader(path, tar[Symbol.asyncIterator](), consumer);
  try {
    return await reader.read();
  } catch (cause) {
    if (cause instanceof BackupError || !failure) throw cause;
    throw reader.damaged(`it is truncated or not a tar file (${failure.message})`, cause);
  } finally {
    tar.destroy();
    source.destroy();
    await piped.catch(() => {});
  }
}

class Reader {
  private readonly path: string;
  private readonly entries: AsyncIterator<Entry>;
  private readonly consumer: BackupConsumer;
  private entry: Entry | undefined;
  private readonly digests = new Map<string, { rows: number; bytes: number; sha256: string }>();
  /** Files since the last list. */
  private unlisted: ArtifactLine[] = [];
  private readonly lines = new Digest();
  private listBytes = 0;
  private lists = 0;

  constructor(path: string, entries: AsyncIterator<Entry>, consumer: BackupConsumer) {
    this.path = path;
    this.entries = entries;
    this.consumer = consumer;
  }

  damaged(reason: string, cause?: unknown): BackupError {
    return new BackupError(`${this.path} is damaged or incomplete: ${reason}.`, { cause });
  }

  async read(): Promise<{ header: BackupHeader; manifest: BackupManifest }> {
    await this.next();
    const { header, digest } = await this.readHeader();
    await this.consumer.header?.(header);
    const known = new Set([...header.tables.map(({ name }) => name), "pgboss.job"]);
    while (this.entry && this.name !== entryNames.manifest) {
      if (this.name.startsWith(entryNames.tables)) await this.readTable(known);
      else if (this.name.startsWith(`${entryNames.list}/`)) await this.readList(header);
      else if (this.name.startsWith(entryNames.files)) await this.readFile();
      else throw this.damaged(`it has an unknown entry "${this.name}"`);
    }
    const manifest = await this.readManifest();
    if (manifest.headerSha256 !== digest) throw this.damaged("the header has changed");
    this.compare(manifest);
    return { header, manifest };
  }

  private get name(): string {
    return this.entry?.header.name ?? "";
  }

  private async next(): Promise<void> {
    const { value, done } = await this.entries.next();
    this.entry = done ? undefined : value;
  }

  /** Reads an entry into memory, and goes on to the next one. */
  private async take(maxBytes: number): Promise<Buffer> {
    const { entry } = this;
    if (!entry) throw this.damaged("it is truncated");
    if (entry.header.size > maxBytes) throw this.damaged(`"${this.name}" is too large`);
    const chunks: Buffer[] = [];
    for await (const chunk of bytesOf(entry)) chunks.push(chunk);
    await this.next();
    return Buffer.concat(chunks);
  }

  private async readHeader(): Promise<{ header: BackupHeader; digest: string }> {
    if (this.name !== entryNames.header) throw new BackupError(`${this.path} is not a Leeway backup.`);
    const bytes = await this.take(limits.backupManifestBytes);
    const found = FormatVersion.safeParse(parsedJson(bytes.toString()));
    if (!found.success) throw this.damaged("its header is not valid");
    if (found.data.version > formatVersion) {
      throw new BackupError(
        `${this.path} has format ${found.data.version}, but this version of Leeway reads up to ${formatVersion}. Use a newer version.`,
      );
    }
    return { header: this.parse(BackupHeader, bytes, "header"), digest: sha256(bytes) };
  }

  private parse<T>(schema: z.ZodType<T>, bytes: Buffer, what: string): T {
    const { data, error } = schema.safeParse(parsedJson(bytes.toString()));
    if (error) throw this.damaged(`its ${what} is not valid`, error);
    return data as T;
  }

  private async readTable(known: Set<string>): Promise<void> {
    const folder = this.name.slice(0, this.name.lastIndexOf("/"));
    const table = folder.slice(entryNames.tables.length);
    if (!known.has(table) || this.digests.has(table)) throw this.damaged(`"${this.name}" is out of place`);
    const digest = new Digest();
    await this.consumer.table(table, digest.pass(this.parts(folder)));
    this.digests.set(table, { rows: digest.rows, bytes: digest.bytes, sha256: digest.end() });
  }

  private async *parts(folder: string): AsyncGenerator<Buffer> {
    for (let number = 1; this.name.startsWith(`${folder}/`); number++) {
      if (this.name !== partName(folder, number)) throw this.damaged(`"${partName(folder, number)}" is missing`);
      yield await this.takePart();
    }
  }

  private async takePart(): Promise<Buffer> {
    const name = this.name;
    const content = await this.take(limits.backupPartBytes);
    return decompress(content, { maxOutputLength: partBytes }).catch((cause: unknown) => {
      throw this.damaged(`"${name}" cannot be decompressed`, cause);
    });
  }

  private async readFile(): Promise<void> {
    const entry = this.entry as Entry;
    const key = this.name.slice(entryNames.files.length);
    const sizeBytes = entry.header.size;
    if (this.unlisted.length >= limits.backupListLines) throw this.damaged("a list of files is missing");
    const digest = new Digest();
    const content = Readable.from(digest.pass(bytesOf(entry)), { objectMode: false });
    await this.consumer.file(key, sizeBytes, content);
    if (digest.bytes !== sizeBytes) throw this.damaged(`the file "${key}" is truncated`);
    this.unlisted.push({ key, sizeBytes, sha256: digest.end() });
    await this.next();
  }

  private async readList(header: BackupHeader): Promise<void> {
    if (this.name !== partName(entryNames.list, ++this.lists)) throw this.damaged(`"${this.name}" is out of place`);
    const text = await this.takePart();
    this.lines.update(text);
    const lines = text
      .toString()
      .split("\n")
      .slice(0, -1)
      .map((line) => this.parse(ArtifactLine, Buffer.from(line), "list of files"));
    for (const line of lines) this.listBytes += line.sizeBytes;
    if (header.artifacts === "reference") {
      for (const line of lines) await this.consumer.reference(line);
      return;
    }
    for (const [index, line] of lines.entries()) {
      const file = this.unlisted[index];
      if (file?.key !== line.key) throw this.damaged(`the file "${line.key}" is missing`);
      if (file.sha256 !== line.sha256) throw this.damaged(`the file "${line.key}" has changed`);
    }
    if (this.unlisted.length > lines.length)
      throw this.damaged(`the file "${this.unlisted[lines.length]?.key}" is not listed`);
    this.unlisted = [];
  }

  private async readManifest(): Promise<BackupManifest> {
    if (!this.entry) throw this.damaged("it ends without a manifest, as an interrupted backup does");
    const bytes = await this.take(limits.backupManifestBytes);
    if (this.name !== entryNames.manifestDigest) throw this.damaged("the digest of its manifest is missing");
    const digest = (await this.take(limits.backupManifestBytes)).toString();
    if (digest !== manifestDigestLine(bytes)) throw this.damaged("its manifest has changed");
    return this.parse(BackupManifest, bytes, "manifest");
  }

  private compare(manifest: BackupManifest): void {
    for (const { name, rows, bytes, sha256: expected } of manifest.tables) {
      const found = this.digests.get(name) ?? { rows: 0, bytes: 0, sha256: sha256("") };
      if (found.rows !== rows || found.bytes !== bytes || found.sha256 !== expected) {
        throw this.damaged(`the rows of ${name} have changed`);
      }
      this.digests.delete(name);
    }
    for (const name of this.digests.keys()) throw this.damaged(`${name} is not in its manifest`);
    const { artifacts } = manifest;
    if (
      this.unlisted.length > 0 ||
      this.lines.rows !== artifacts.count ||
      this.listBytes !== artifacts.bytes ||
      this.lines.end() !== artifacts.sha256
    ) {
      throw this.damaged("its list of files has changed");
    }
  }
}

/** Formats the digest of the manifest as sha256sum does. */
export function manifestDigestLine(manifest: Buffer): string {
  return `${sha256(manifest)}  ${entryNames.manifest}\n`;
}

/** The library's types say nothing about the chunks of an entry. */
function bytesOf(entry: Entry): AsyncIterable<Buffer> {
  return entry as AsyncIterable<Buffer>;
}

async function drain(chunks: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of chunks);
}
