import {
  IconBell,
  IconBox,
  IconCpu,
  IconDatabase,
  IconFlask2,
  IconListDetails,
  IconListSearch,
  IconRefresh,
  IconRocket,
  IconServer2,
  IconTable,
  IconTags,
  IconTransferIn,
  type TablerIcon,
} from "@tabler/icons-react";
import { lineageHref } from "#components/develop/addresses/lineage-href.ts";
import { plural } from "#components/ui/format.ts";
import { Link } from "#components/ui/link.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { Moment } from "#components/ui/relative-time.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { Tag } from "#components/ui/tag.tsx";
import type { LineageKind } from "#server/develop/lineage/contract.ts";
import type { LineageBranch, LineageNode } from "#server/report/lineage/contract.ts";
import classes from "./lineage-panel.module.css";
import { kindLabels, lineageSections } from "./lineage-sections.ts";

const icons: Record<LineageKind, TablerIcon> = {
  alert: IconBell,
  endpoint: IconServer2,
  deployment: IconRocket,
  predictions: IconListSearch,
  prediction: IconListSearch,
  version: IconBox,
  run: IconFlask2,
  job: IconCpu,
  cycle: IconRefresh,
  "dataset-version": IconDatabase,
  "label-project": IconTags,
  "training-set": IconListDetails,
  "feature-view": IconTable,
  source: IconTransferIn,
};

interface LineagePanelProps {
  title: string;
  subtitle: string;
  start: LineageNode;
  branch: LineageBranch;
  /** Word between a node and the one that is nearer to the start. */
  direction: "into" | "from";
}

/** Lists one direction of a walk by kind; each node leads to its page, and to its own lineage. */
export function LineagePanel({ title, subtitle, start, branch, direction }: LineagePanelProps) {
  const sections = lineageSections(start, branch, direction);
  return (
    <Panel title={title} subtitle={subtitle} flush>
      {sections.length === 0 && (
        <EmptyState title="Nothing recorded">
          {direction === "into" ? "No recorded sources." : "No recorded uses."}
        </EmptyState>
      )}
      {sections.map(({ kind, label, rows, more }) => {
        const Icon = icons[kind];
        return (
          <section className={classes.section} key={kind}>
            <h3 className={classes.kind}>
              <Icon size={15} stroke={1.7} aria-hidden="true" />
              {label}
            </h3>
            <ul className={classes.list}>
              {rows.map(({ node, link }) => (
                <Row node={node} link={link} key={node.id} />
              ))}
              {more.map((words) => (
                <li className="lw-small lw-quiet" key={words}>
                  {words}
                </li>
              ))}
            </ul>
          </section>
        );
      })}
      {branch.isCut && <p className={classes.cut}>Too many items to show. Open one of these to continue from it.</p>}
    </Panel>
  );
}

function Row({ node, link }: { node: LineageNode; link: string }) {
  const { kind, id, title, detail, digest, requests, href, isDeleted } = node;
  return (
    <li className={classes.row}>
      <div className={classes.words}>
        <span className={classes.title}>{href ? <Link href={href}>{title}</Link> : title}</span>
        {digest && <code>{digest}</code>}
        {isDeleted && <Tag>deleted</Tag>}
        {requests !== null && <span className="lw-number">{plural(requests, "request")}</span>}
        {detail && <span className="lw-muted">{detail}</span>}
        <Times node={node} />
        {link && <span className={classes.link}>{link}</span>}
      </div>
      {!isDeleted && (
        <Link
          className={classes.walk}
          href={lineageHref(kind, id)}
          aria-label={`Continue from here: ${kindLabels[kind].one} ${title}`}
        >
          Continue from here
        </Link>
      )}
    </li>
  );
}

/** When something was made; of what lasts, from when to when. */
function Times({ node: { kind, since, until } }: { node: LineageNode }) {
  if (!since) return null;
  const lasts = kind === "deployment" || kind === "alert" || kind === "predictions";
  return (
    <span className={classes.times}>
      <Moment at={since} />
      {lasts && <> – {until ? <Moment at={until} /> : "now"}</>}
    </span>
  );
}
