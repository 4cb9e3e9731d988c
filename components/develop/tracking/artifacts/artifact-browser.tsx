import { IconChevronDown, IconChevronRight, IconFile, IconFolder } from "@tabler/icons-react";
import { formatBytes } from "#components/ui/format.ts";
import { Link } from "#components/ui/link.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState, FailedState } from "#components/ui/states.tsx";
import type { ArtifactFile } from "#server/develop/tracking/artifacts/contract.ts";
import classes from "./artifact-browser.module.css";
import { ArtifactView, type OpenArtifact } from "./artifact-view.tsx";

interface ArtifactBrowserProps {
  runId: string;
  /** Page that the links of the tree open; paths are appended after "&path=". */
  href: string;
  /** Files and folders by folder, for every folder that is open; "" is the root. */
  folders: Record<string, ArtifactFile[]>;
  /** Path selected in the URL; "" if none. */
  path: string;
  file: OpenArtifact | undefined;
  /** Reasons why nothing is listed: the storage address outside Leeway, or the error. */
  elsewhere?: string | undefined;
  failed?: string | undefined;
}

/** Shows the files of a run as a tree, and the selected file. */
export function ArtifactBrowser(props: ArtifactBrowserProps) {
  const root = props.folders[""] ?? [];
  if (props.failed || props.elsewhere) {
    return (
      <Panel flush>
        {props.failed ? (
          <FailedState title="Could not load artifacts">
            {props.failed} The rest of this page is up to date.
          </FailedState>
        ) : (
          <EmptyState title="External artifact storage">
            Leeway cannot display files at <code>{props.elsewhere}</code>; the client that logged them can read them.
          </EmptyState>
        )}
      </Panel>
    );
  }
  if (root.length === 0) {
    return (
      <Panel flush>
        <EmptyState title="No artifacts logged">
          <code>mlflow.log_artifact("plot.png")</code> adds a file here, even while the run is in progress.
        </EmptyState>
      </Panel>
    );
  }
  return (
    <Panel flush>
      <div className={classes.panes}>
        <nav className={classes.tree} aria-label="Artifacts">
          <Level {...props} folder="" />
        </nav>
        <div className={classes.view}>
          {props.file ? (
            <ArtifactView
              runId={props.runId}
              file={props.file}
              href={`${props.href}&path=${encodeURIComponent(props.path)}`}
            />
          ) : (
            <EmptyState title="Choose a file">
              Text, JSON and images can be previewed; all files can be downloaded.
            </EmptyState>
          )}
        </div>
      </div>
    </Panel>
  );
}

function Level({ folder, ...props }: ArtifactBrowserProps & { folder: string }) {
  return (
    <ul className={classes.level}>
      {props.folders[folder]?.map((entry) => (
        <Entry {...props} folder={folder} entry={entry} key={entry.name} />
      ))}
    </ul>
  );
}

function Entry({ folder, entry, ...props }: ArtifactBrowserProps & { folder: string; entry: ArtifactFile }) {
  const path = folder ? `${folder}/${entry.name}` : entry.name;
  const isOpen = entry.isFolder && props.folders[path] !== undefined;
  const Arrow = isOpen ? IconChevronDown : IconChevronRight;
  const Icon = entry.isFolder ? IconFolder : IconFile;
  // An open folder leads to its parent: that closes it.
  const target = isOpen ? folder : path;
  return (
    <li>
      <Link
        className={classes.entry}
        href={target ? `${props.href}&path=${encodeURIComponent(target)}` : props.href}
        scroll={false}
        aria-current={props.path === path ? "true" : undefined}
        aria-expanded={entry.isFolder ? isOpen : undefined}
        title={entry.name}
      >
        {entry.isFolder ? <Arrow size={13} stroke={1.8} aria-hidden="true" /> : <span className={classes.blank} />}
        <Icon size={15} stroke={1.7} aria-hidden="true" />
        <span className="lw-truncate">{entry.name}</span>
        {entry.sizeBytes !== undefined && <span className={classes.size}>{formatBytes(entry.sizeBytes)}</span>}
      </Link>
      {isOpen && <Level {...props} folder={path} />}
    </li>
  );
}
