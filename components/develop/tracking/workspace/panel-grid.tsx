"use client";

import { Modal } from "@mantine/core";
import { useViewportSize } from "@mantine/hooks";
import { IconGripVertical, IconMaximize } from "@tabler/icons-react";
import { type KeyboardEvent, type PointerEvent, type ReactNode, useEffect, useRef, useState } from "react";
import { WhenNear } from "#components/ui/when-near.tsx";
import classes from "./panel-grid.module.css";
import { boundedSize, type PanelSize } from "./panel-layout.ts";

/** A panel on the grid. */
interface GridPanel {
  id: string;
  /** Name for readers: "val/loss". */
  name: string;
  size: PanelSize;
  /** @param height of the plot, in pixels */
  render: (height: number) => ReactNode;
}

interface PanelGridProps {
  /** In order. */
  panels: readonly GridPanel[];
  /** @param to place from 0 */
  onMove: (id: string, to: number) => void;
  onResize: (id: string, size: PanelSize) => void;
}

/** Height of a row and the gap below it, in pixels, as in the stylesheet. */
const [rowHeight, gap] = [216, 12];
/** Height of the head and the padding of a panel. */
const headHeight = 48;

/** Height of what stands above and below a panel in full screen. */
const fullScreenMargin = 150;

/**
 * Renders panels in thirds of the width. The grip moves a panel, the corner resizes it; both by pointer or by arrow keys. A button shows one panel
 * in full screen until Escape.
 */
export function PanelGrid({ panels, onMove, onResize }: PanelGridProps) {
  const grid = useRef<HTMLDivElement>(null);
  const [drag, setDrag] = useState<{ id: string; over: string }>();
  const [resizing, setResizing] = useState<{ id: string; size: PanelSize }>();
  const [said, setSaid] = useState("");
  const [fullId, setFullId] = useState<string>();
  const full = panels.find(({ id }) => id === fullId);
  const { height: viewport } = useViewportSize();
  const refocus = useRef<string>(undefined);
  // A panel that moves in the document loses the focus.
  useEffect(() => {
    if (refocus.current === undefined) return;
    const panel = [...(grid.current?.children ?? [])].find(
      (each) => each instanceof HTMLElement && each.dataset.panel === refocus.current,
    );
    panel?.querySelector<HTMLElement>("[data-grip]")?.focus();
    refocus.current = undefined;
  });

  function move(id: string, name: string, to: number) {
    const at = panels.findIndex((each) => each.id === id);
    const next = Math.min(panels.length - 1, Math.max(0, to));
    if (next === at) return;
    onMove(id, next);
    setSaid(`${name} is panel ${next + 1} of ${panels.length}.`);
  }
  function resize(id: string, name: string, size: PanelSize) {
    const next = boundedSize(size);
    onResize(id, next);
    setSaid(`${name} is ${next.width} of 3 wide and ${next.height} of 2 high.`);
  }
  function panelUnder({ clientX, clientY }: PointerEvent): string | undefined {
    const under = document.elementsFromPoint(clientX, clientY);
    const cells = [...(grid.current?.children ?? [])];
    const cell = cells.find((each) => under.some((one) => each.contains(one)));
    return cell instanceof HTMLElement ? cell.dataset.panel : undefined;
  }

  return (
    <div className={classes.place}>
      <div className={classes.grid} ref={grid}>
        {panels.map(({ id, name, size, render }, at) => {
          const shown = resizing?.id === id ? resizing.size : size;
          return (
            <div
              className={classes.panel}
              data-panel={id}
              data-width={shown.width}
              data-height={shown.height}
              data-dragged={drag?.id === id || undefined}
              data-over={(drag && drag.id !== id && drag.over === id) || undefined}
              key={id}
            >
              <WhenNear
                className={classes.content}
                height={shown.height * rowHeight + (shown.height - 1) * gap}
                margin="300px"
              >
                {render(shown.height * rowHeight + (shown.height - 1) * gap - headHeight)}
              </WhenNear>
              <button
                className={classes.grip}
                type="button"
                data-grip
                aria-label={`Move ${name}`}
                aria-keyshortcuts="Alt+ArrowLeft Alt+ArrowRight"
                title="Drag to move, or press Alt with ← or →"
                onPointerDown={(event) => {
                  event.currentTarget.setPointerCapture(event.pointerId);
                  setDrag({ id, over: id });
                }}
                onPointerMove={(event) => {
                  const over = drag && panelUnder(event);
                  if (over !== undefined && over !== drag?.over) setDrag({ id, over });
                }}
                onPointerUp={() => {
                  if (drag)
                    move(
                      id,
                      name,
                      panels.findIndex((each) => each.id === drag.over),
                    );
                  setDrag(undefined);
                }}
                onPointerCancel={() => setDrag(undefined)}
                onKeyDown={(event) => {
                  if (event.key === "Escape" && drag) setDrag(undefined);
                  const by = stepOf(event);
                  if (!by) return;
                  event.preventDefault();
                  refocus.current = id;
                  move(id, name, at + (by.width || by.height));
                }}
              >
                <IconGripVertical size={13} stroke={1.8} aria-hidden="true" />
              </button>
              <button
                className={classes.full}
                type="button"
                aria-label={`Show ${name} in full screen`}
                title="Full screen"
                onClick={() => setFullId(id)}
              >
                <IconMaximize size={13} stroke={1.8} aria-hidden="true" />
              </button>
              <button
                className={classes.corner}
                type="button"
                aria-label={`Resize ${name}`}
                aria-keyshortcuts="Alt+ArrowLeft Alt+ArrowRight Alt+ArrowUp Alt+ArrowDown"
                title="Drag to resize in thirds, or press Alt with an arrow key"
                onPointerDown={(event) => {
                  event.currentTarget.setPointerCapture(event.pointerId);
                  setResizing({ id, size });
                }}
                onPointerMove={(event) => {
                  const cell = event.currentTarget.parentElement;
                  if (resizing?.id !== id || !cell || !grid.current) return;
                  setResizing({ id, size: sizeAt(event, cell, grid.current) });
                }}
                onPointerUp={() => {
                  if (resizing?.id === id) resize(id, name, resizing.size);
                  setResizing(undefined);
                }}
                onPointerCancel={() => setResizing(undefined)}
                onKeyDown={(event) => {
                  const by = stepOf(event);
                  if (!by) return;
                  event.preventDefault();
                  resize(id, name, { width: size.width + by.width, height: size.height + by.height });
                }}
              />
            </div>
          );
        })}
      </div>
      <span className="lw-hidden" role="status">
        {said}
      </span>
      <Modal
        opened={full !== undefined}
        onClose={() => setFullId(undefined)}
        title={full?.name}
        closeButtonProps={{ "aria-label": "Leave full screen" }}
        fullScreen
        transitionProps={{ duration: 0 }}
      >
        {full && <div className={classes.content}>{full.render(Math.max(rowHeight, viewport - fullScreenMargin))}</div>}
      </Modal>
    </div>
  );
}

const steps: Readonly<Record<string, PanelSize>> = {
  ArrowLeft: { width: -1, height: 0 },
  ArrowRight: { width: 1, height: 0 },
  ArrowUp: { width: 0, height: -1 },
  ArrowDown: { width: 0, height: 1 },
};

/** Returns the step of an arrow key with Alt; on a grip or a corner the key alone does the same. */
function stepOf({ key, ctrlKey, metaKey, shiftKey }: KeyboardEvent): PanelSize | undefined {
  return ctrlKey || metaKey || shiftKey ? undefined : steps[key];
}

/** Returns the size of a cell whose lower right corner is under the pointer. */
function sizeAt({ clientX, clientY }: PointerEvent, cell: HTMLElement, grid: HTMLElement): PanelSize {
  const { left, top } = cell.getBoundingClientRect();
  const third = (grid.getBoundingClientRect().width + gap) / 3;
  return boundedSize({ width: (clientX - left + gap) / third, height: (clientY - top + gap) / (rowHeight + gap) });
}
