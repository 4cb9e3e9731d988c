import { Button } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { formatBytes } from "#components/ui/format.ts";
import { EmptyState } from "#components/ui/states.tsx";
import classes from "./artifact-browser.module.css";
import { artifactAddress, mostPreviewBytes, type PreviewKind, readable } from "./artifact-preview.ts";

/** A file that is looked at. */
export interface OpenArtifact {
  path: string;
  sizeBytes: number;
  kind: PreviewKind;
  /** The beginning of a text. */
  text: string | undefined;
}

/** One file: its content as far as it can be shown, and the way to have it. */
export function ArtifactView({ runId, file }: { runId: string; file: OpenArtifact }) {
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
      <Content file={file} address={address} />
    </>
  );
}

function Content({ file, address }: { file: OpenArtifact; address: string }) {
  if (file.kind === "image") {
    return (
      <div className={classes.picture}>
        {/* biome-ignore lint/performance/noImgElement: a file of a run, behind sign-in, of any size */}
        <img src={address} alt={file.path} />
      </div>
    );
  }
  if (file.text === undefined) {
    return <EmptyState title="No preview">This kind of file is not shown. Download it to open it.</EmptyState>;
  }
  const isCut = file.sizeBytes > mostPreviewBytes;
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: long lines are scrolled by keys */}
      <pre className={classes.text} tabIndex={0}>
        {readable(file.text, file.kind)}
      </pre>
      {isCut && (
        <p className={`${classes.cut} lw-small lw-quiet`}>
          The first {formatBytes(mostPreviewBytes)} of {formatBytes(file.sizeBytes)}.
        </p>
      )}
    </>
  );
}
