import { Button } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { formatBytes } from "#components/ui/format.ts";
import { Link } from "#components/ui/link.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import classes from "./artifact-browser.module.css";
import { artifactAddress, type PreviewKind, readable } from "./artifact-preview.ts";
import { type TextWindow, windowsAround } from "./text-window.ts";

/** File shown in the preview. */
export interface OpenArtifact {
  path: string;
  sizeBytes: number;
  kind: PreviewKind;
  /** The part that `text` is of. */
  window: TextWindow;
  /** Complete lines of a text. */
  text: string | undefined;
}

/** Renders one file: its content, a long text in parts, and the download. `href` is the address that shows it. */
export function ArtifactView({ runId, file, href }: { runId: string; file: OpenArtifact; href: string }) {
  const address = artifactAddress(runId, file.path);
  return (
    <>
      <div className={classes.head}>
        <code className="lw-truncate" title={file.path}>
          {file.path}
        </code>
        <span className="lw-quiet lw-number">{formatBytes(file.sizeBytes)}</span>
        <Button
          component="a"
          href={address}
          download
          variant="default"
          size="xs"
          leftSection={<IconDownload size={15} stroke={1.8} aria-hidden="true" />}
        >
          Download
        </Button>
      </div>
      <Content file={file} address={address} href={href} />
    </>
  );
}

function Content({ file, address, href }: { file: OpenArtifact; address: string; href: string }) {
  if (file.kind === "image") {
    return (
      <div className={classes.picture}>
        {/* biome-ignore lint/performance/noImgElement: a file of a run, behind sign-in, of any size */}
        <img src={address} alt={file.path} />
      </div>
    );
  }
  if (file.text === undefined) {
    return (
      <EmptyState title="No preview available">This file type cannot be previewed. Download it to open it.</EmptyState>
    );
  }
  return (
    <>
      <PartOfText file={file} href={href} />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: long texts are scrolled by keys */}
      <div className={classes.text} data-from-end={isEnd(file) || undefined} tabIndex={0}>
        <pre>{readable(file.text, file.kind)}</pre>
      </div>
    </>
  );
}

/** Returns whether the end of a long text is shown: the view then stays at the bottom while lines are added. */
function isEnd({ window, sizeBytes }: OpenArtifact): boolean {
  return window.start > 0 && window.end === sizeBytes;
}

/** Shows which part of a long text is shown, with links to the other parts. */
function PartOfText({ file: { window, sizeBytes }, href }: { file: OpenArtifact; href: string }) {
  const { first, earlier, later, last } = windowsAround(window, sizeBytes);
  if (first === undefined && last === undefined) return null;
  const ways = [
    ["Beginning", first],
    ["Earlier", earlier],
    ["Later", later],
    ["End", last],
  ] as const;
  const where = last === undefined ? "the end of" : first === undefined ? "the beginning of" : "a part of";
  return (
    <nav className={`${classes.cut} lw-small`} aria-label="Text sections">
      <span className="lw-quiet">
        {formatBytes(window.end - window.start)}, {where} {formatBytes(sizeBytes)}
      </span>
      {ways.map(([words, at]) =>
        at === undefined ? (
          <span className="lw-quiet" key={words}>
            {words}
          </span>
        ) : (
          <Link href={`${href}&at=${at}`} scroll={false} key={words}>
            {words}
          </Link>
        ),
      )}
    </nav>
  );
}
