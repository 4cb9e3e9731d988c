import { formatBytes, plural } from "#components/ui/format.ts";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState, StaleLine } from "#components/ui/states.tsx";
import { artifactAddress, maxPreviewBytes, type PreviewKind, readable } from "../artifacts/artifact-preview.ts";
import classes from "./compare-artifacts.module.css";
import { CompareLink } from "./compare-link.tsx";
import { ComparedSwatch } from "./compared-swatch.tsx";
import { diffLines, diffParts } from "./diff-lines.ts";
import type { SharedFile } from "./shared-files.ts";
import { TextDiff } from "./text-diff.tsx";

/** The file of one run at the path that is compared. */
export interface ComparedFile {
  runId: string;
  runName: string;
  /** Undefined when the run has no such file. */
  sizeBytes: number | undefined;
  /** The beginning of a text. */
  text: string | undefined;
}

interface CompareArtifactsProps {
  files: readonly SharedFile[];
  /** Some files are not listed. */
  isCut: boolean;
  path: string;
  kind: PreviewKind;
  /** In the order of the runs; the first is the baseline. */
  compared: readonly ComparedFile[];
  failed: string | undefined;
}

/** Renders files at the same path in the compared runs: images side by side, texts as a diff against the baseline. */
export function CompareArtifacts({ files, isCut, path, kind, compared, failed }: CompareArtifactsProps) {
  if (files.length === 0) {
    return (
      <Panel flush>
        <EmptyState title="None of these runs has artifacts">
          {failed ??
            'Files logged to several runs, for example with mlflow.log_artifact("plot.png"), are compared side by side here.'}
        </EmptyState>
      </Panel>
    );
  }
  return (
    <>
      {failed && <StaleLine>{failed}</StaleLine>}
      <Panel flush>
        <div className={classes.panes}>
          <nav className={classes.files} aria-label="Files of these runs">
            {files.map((file) => (
              <CompareLink
                className={classes.file}
                change={{ path: file.path }}
                current={file.path === path}
                key={file.path}
              >
                <code className="lw-truncate" title={file.path}>
                  {file.path}
                </code>
                <span className="lw-quiet lw-caption">{plural(file.runs, "run")}</span>
              </CompareLink>
            ))}
            {isCut && <p className="lw-caption lw-quiet">These runs have more files than shown.</p>}
          </nav>
          <div className={classes.view}>
            <Content path={path} kind={kind} compared={compared} />
          </div>
        </div>
      </Panel>
    </>
  );
}

function Content({ path, kind, compared }: Pick<CompareArtifactsProps, "path" | "kind" | "compared">) {
  if (kind === "none") {
    return (
      <EmptyState title="No preview available">
        This file type cannot be previewed. Download it from the page of each run.
      </EmptyState>
    );
  }
  if (kind === "image") {
    return (
      <div className={classes.pictures}>
        {compared.map((file, index) => (
          <figure className={classes.picture} key={file.runId}>
            <FileHead file={file} index={index} />
            {file.sizeBytes === undefined ? (
              <p className="lw-small lw-quiet">file not found</p>
            ) : (
              // biome-ignore lint/performance/noImgElement: a file of a run, behind sign-in, of any size
              <img src={artifactAddress(file.runId, path)} alt={`${path} of ${file.runName}`} loading="lazy" />
            )}
          </figure>
        ))}
      </div>
    );
  }
  const [baseline, ...others] = compared;
  const before = baseline?.text === undefined ? undefined : readable(baseline.text, kind);
  return (
    <div className={classes.texts}>
      {baseline && (
        <section className={classes.text}>
          <FileHead file={baseline} index={0} note="baseline" />
          <Plain text={before} />
        </section>
      )}
      {others.map((file, index) => (
        <section className={classes.text} key={file.runId}>
          <FileHead
            file={file}
            index={index + 1}
            note={before === undefined ? undefined : "compared with the baseline"}
          />
          {before === undefined || file.text === undefined ? (
            <Plain text={file.text === undefined ? undefined : readable(file.text, kind)} />
          ) : (
            <TextDiff parts={diffParts(diffLines(before, readable(file.text, kind)))} />
          )}
        </section>
      ))}
    </div>
  );
}

function FileHead({ file, index, note }: { file: ComparedFile; index: number; note?: string | undefined }) {
  const isCut = file.text !== undefined && (file.sizeBytes ?? 0) > maxPreviewBytes;
  return (
    <div className={classes.head}>
      <ComparedSwatch id={file.runId} index={index} />
      <strong>{file.runName}</strong>
      {note && <span className="lw-quiet">{note}</span>}
      {file.sizeBytes !== undefined && (
        <span className="lw-quiet lw-number">
          {isCut ? `the first ${formatBytes(maxPreviewBytes)} of ` : ""}
          {formatBytes(file.sizeBytes)}
        </span>
      )}
    </div>
  );
}

function Plain({ text }: { text: string | undefined }) {
  if (text === undefined) return <p className="lw-small lw-quiet">file not found</p>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: long lines are scrolled by keys
    <pre className={classes.plain} tabIndex={0}>
      {text}
    </pre>
  );
}
