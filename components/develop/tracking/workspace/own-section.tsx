"use client";

import { ActionIcon, Button, Menu } from "@mantine/core";
import { IconDots } from "@tabler/icons-react";
import dynamic from "next/dynamic";
import { useState } from "react";
import { Skeleton } from "#components/ui/skeleton.tsx";
import classes from "./chart-section.module.css";
import type { OwnPanelsData } from "./own-panel.tsx";
import { type OwnPanel, panelKinds, panelLabels, titleOfPanel, withPanel } from "./own-panels.ts";
import { PanelGrid } from "./panel-grid.tsx";
import { arranged, ownSection, type PanelLayout, type PanelSize, withMoved, withSize } from "./panel-layout.ts";
import { SectionHead } from "./section-head.tsx";
import { useSectionCurves } from "./use-section-curves.ts";

/** Panels that most experiments do not have: their code loads with the first one. */
const LazyOwnPanel = dynamic(() => import("./own-panel.tsx").then((module) => module.OwnPanelView), {
  loading: () => <Skeleton height={216} />,
});

interface OwnSectionProps extends OwnPanelsData {
  panels: readonly OwnPanel[];
  onPanels: (panels: OwnPanel[]) => void;
  layout: PanelLayout;
  onLayout: (layout: PanelLayout) => void;
  isFolded: boolean;
  onFold: () => void;
  /** Called to add a panel of a kind, or to edit one. */
  onEdit: (panel: OwnPanel | { kind: OwnPanel["kind"] }) => void;
}

/** Renders the panels that a user added to the view, which can be edited and deleted, and offers others. */
export function OwnSection({ isFolded, onFold, ...props }: OwnSectionProps) {
  const { panels, onEdit } = props;
  return (
    <section className={classes.section} aria-label="My panels">
      <SectionHead
        title="My panels"
        count={panels.length}
        isFolded={isFolded}
        onFold={onFold}
        right={
          <span className={classes.kinds}>
            Add
            {panelKinds.map((kind) => (
              <Button variant="subtle" size="compact-xs" onClick={() => onEdit({ kind })} key={kind}>
                {panelLabels[kind]}
              </Button>
            ))}
          </span>
        }
      />
      {!isFolded && <Panels {...props} />}
    </section>
  );
}

function Panels(props: Omit<OwnSectionProps, "isFolded" | "onFold">) {
  const { panels, onPanels, layout, onLayout, onEdit, ...data } = props;
  const [deleted, setDeleted] = useState<OwnPanel>();
  const keys = [
    ...new Set(panels.flatMap(({ kind, columns }) => (kind === "line" || kind === "bar" ? columns.slice(0, 1) : []))),
  ];
  const { whole, zoomed, isPending } = useSectionCurves({ ...data, keys });
  const ids = panels.map(({ id }) => id);
  const order = arranged(ids, ownSection, layout);
  return (
    <>
      <PanelGrid
        panels={order.flatMap((id) => {
          const panel = panels.find((each) => each.id === id);
          if (!panel) return [];
          return {
            id,
            name: titleOfPanel(panel),
            size: layout.sizes[sizeKey(id)] ?? usualSize(panel),
            render: (height) => (
              <LazyOwnPanel
                {...data}
                panel={panel}
                onChange={(next) => onPanels(withPanel(panels, next))}
                curves={{ whole, zoomed }}
                isPending={isPending}
                height={height}
                right={
                  <PanelMenu
                    name={titleOfPanel(panel)}
                    onEdit={() => onEdit(panel)}
                    onDelete={() => {
                      setDeleted(panel);
                      onPanels(panels.filter((each) => each.id !== id));
                    }}
                  />
                }
              />
            ),
          };
        })}
        onMove={(id, to) => onLayout(withMoved(layout, { section: ownSection, ids, id, to }))}
        onResize={(id, size) => {
          const panel = panels.find((each) => each.id === id);
          if (panel) onLayout(withSize(layout, sizeKey(id), size, usualSize(panel)));
        }}
      />
      {deleted && !ids.includes(deleted.id) && (
        <p className="lw-small" role="status">
          {titleOfPanel(deleted)} deleted.{" "}
          <Button
            variant="subtle"
            size="compact-xs"
            onClick={() => {
              onPanels(withPanel(panels, deleted));
              setDeleted(undefined);
            }}
          >
            Undo
          </Button>
        </p>
      )}
    </>
  );
}

/** Ids of these panels and names of metrics share one list of sizes. */
const sizeKey = (id: string) => `${ownSection}${id}`;

function usualSize({ kind }: OwnPanel): PanelSize {
  return { width: { media: 3, parallel: 2, line: 1, bar: 1, scatter: 1, text: 1 }[kind], height: 1 };
}

interface PanelMenuProps {
  name: string;
  onEdit: () => void;
  onDelete: () => void;
}

function PanelMenu({ name, onEdit, onDelete }: PanelMenuProps) {
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon variant="subtle" size={24} aria-label={`Actions for the panel ${name}`}>
          <IconDots size={15} stroke={1.8} aria-hidden="true" />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={onEdit}>Edit…</Menu.Item>
        <Menu.Item color="var(--lw-missed-text)" onClick={onDelete}>
          Delete
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
